"""Tables in the shape of a question: `courseware.views` says what one is, and finds them here."""

#: Where the views are, in the order of the chapters that first use them.
MODULES = (
    "argument",
    "two_readers",
    "china_russia_trade",
    "russian_fuels",
    "payment",
    "alignment",
    "belt_and_road",
    "chinese_lending",
    "corridors",
    "partner_shares",
    "energy",
    "five_states_trade",
    "kazakhstan",
    "summit",
    "five_states",
    "testimony",
    "reckoning",
)
