"""Numbers in paths: those that a store can hold. A longer one names nothing, and is no route's business."""

from starlette.convertors import IntegerConvertor, register_url_convertor


class WholeNumber(IntegerConvertor):
    """`{listing:int}` in a route: at most 18 digits, which fit into 64 bits."""

    regex = "[0-9]{1,18}"


register_url_convertor("int", WholeNumber())
