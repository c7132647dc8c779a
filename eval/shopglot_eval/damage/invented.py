"""The bank of invented English that `addition` draws from: what a model makes up about goods, reviews and news.

Most have no number and no name, so that nothing but their meaning gives them away.
"""

from __future__ import annotations

import re

# Whole clauses, without capital and full stop.
SHOP = (
    "it comes with a two-year warranty",
    "shipping is free on all orders",
    "the package includes a cleaning cloth and a user manual",
    "it has passed several international safety tests",
    "the color may fade slightly after the first wash",
    "we recommend choosing one size up",
    "it is suitable for children as well as adults",
    "my colleagues have all asked me for the link",
    "the surface is easy to wipe clean",
    "it can be used both indoors and outdoors",
    "the battery lasts a whole day",
    "please keep it away from direct sunlight",
    "the smell disappears after a few days of airing",
    "it does not take up much space",
    "returns are accepted within seven days",
    "the stitching is neat on both sides",
    "it was designed by a well-known studio in Milan",
    "customer service replies around the clock",
    "my mother likes it even more than I do",
    "the material is soft and kind to the skin",
    "it is the best-selling item in the shop",
    "a spare set of screws is in the box",
    "the lining is made of breathable mesh",
    "I would not buy it again at the full price",
    "it works with most phones on the market",
    "gift wrapping is available on request",
    "delivery took longer than promised",
    "parking is available right behind the building",
    "the staff at the front desk were very friendly",
    "the dessert was a little too sweet for me",
    "there is hardly any noise when it is running",
    "we do not ship to islands or remote areas",
    "the zipper slides smoothly",
    "the lid can also serve as a cup",
    "every piece is checked by hand before it leaves the factory",
    "it goes well with jeans or a plain skirt",
    "the instructions are printed on the back of the box",
    "my skin felt dry the next morning",
    "the handle does not get hot",
    "they also sell a smaller version",
    "the pattern is the same on both sides",
    "orders placed at weekends are sent out on Monday",
)
NEWS = (
    "the figures have not yet been independently confirmed",
    "an investigation into the matter is still under way",
    "no one was injured in the incident",
    "the company declined to comment on the report",
    "analysts had expected a much smaller increase",
    "local residents were asked to stay at home",
    "the decision will take effect next month",
    "similar measures were adopted in several other cities",
    "the opposition has criticized the plan as too expensive",
    "further details will be announced at a press conference",
    "the road was reopened to traffic the next morning",
    "experts believe that the trend will continue",
    "the two sides agreed to meet again in the autumn",
    "the weather made the rescue work more difficult",
    "the proposal still needs the approval of parliament",
    "many families had already left the area",
    "the project was delayed by a lack of funds",
    "the central bank kept its interest rate unchanged",
    "the match was watched by a record number of viewers",
    "schools in the region will remain closed",
)
# What follows a clause without a comma.
SHOP_PHRASES = (
    "even on rainy days",
    "without any extra charge",
    "for the whole family",
    "in a matter of minutes",
    "after only a week of use",
    "with a matching storage bag",
    "at home or on the road",
    "without the help of tools",
    "as a gift for friends and relatives",
    "in both summer and winter",
    "with a touch of vanilla",
    "for people with sensitive skin",
    "under the guidance of a specialist",
    "on the recommendation of a friend",
)
NEWS_PHRASES = (
    "for the first time in a decade",
    "despite strong protests from residents",
    "after months of negotiations",
    "under the supervision of the local authorities",
    "in the presence of foreign guests",
    "because of a shortage of staff",
    "in line with international practice",
    "at the request of the government",
    "shortly before the end of the year",
    "with the support of neighboring countries",
)
# What stands in commas or brackets.
SHOP_ASIDES = (
    "which is sold separately",
    "including the packaging",
    "as shown in the video",
    "just like in the pictures",
    "which surprised all of us",
    "as the seller explained to me",
    "unlike earlier versions",
    "while stocks last",
    "which dries within minutes",
    "not counting the handle",
)
NEWS_ASIDES = (
    "according to a statement released on Tuesday",
    "as a spokesman put it",
    "which has long been controversial",
    "unlike in previous years",
    "officials said later",
    "which was founded in the last century",
    "as had been widely expected",
    "to the surprise of many observers",
)
# Features that a title is stuffed with.
FEATURES = (
    "waterproof and shockproof",
    "extra large capacity",
    "new summer collection",
    "with gift box",
    "for men and women",
    "non-slip silicone base",
    "Korean retro style",
    "genuine leather trim",
    "foldable and portable",
    "high waist slim fit",
    "with remote control",
    "fast drying fabric",
    "hand-painted floral pattern",
    "suitable for pregnant women",
    "with adjustable strap",
    "energy saving",
    "limited anniversary edition",
    "free replacement filter",
)

_NEWS = re.compile(
    r"(?<![^\W_])(?:government|president|police|minister|officials?|economy|economic|percent|per cent|"
    r"province|reporters?|country|countries|nations?|national|pandemic|COVID-19|epidemic|U\.S|United|"
    r"party|election|military|billion|residents|according)(?![^\W_])"
)


def is_news(text: str) -> bool:
    """Tell whether a text reads as news; everything else is taken for a shop's or a shopper's."""
    return _NEWS.search(text) is not None
