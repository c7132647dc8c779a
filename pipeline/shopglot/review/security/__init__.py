"""Who may do what at the desk, and what keeps everybody else out.

Routes use `user` and `require`, and read what was sent with `form` and `json_body`; the rest is middleware, put
together in `review.app`. A route that is not public and answers without having asked `require` is refused altogether.
"""

from shopglot.review.security.access import Refused, csrf_token, markets_of, require, user
from shopglot.review.security.bodies import form, json_body
from shopglot.review.security.paths import WholeNumber

__all__ = ["Refused", "WholeNumber", "csrf_token", "form", "json_body", "markets_of", "require", "user"]
