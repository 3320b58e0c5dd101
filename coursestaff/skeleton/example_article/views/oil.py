"""The price of oil: month by month, how far it rose, and when it fell."""


def price_of_oil(brent_monthly):
    """The price of oil, month by month.

    Take the average price of Brent of each month from January 2014 to December 2023. Name each row
    by the first day of its month. The price is that of a barrel, in dollars of the time.
    """
    rows = brent_monthly[brent_monthly["month"].between("2014-01-01", "2023-12-01")]
    table = rows.set_index("month")[["brent_usd_bbl"]]
    return table.set_axis(["price"], axis=1)


def rise_of_oil(brent_monthly):
    """How far the price had risen, and when.

    Take five months: the cheapest of 2020, the most expensive of the seven years before 2022, the
    last full month before the invasion, the most expensive of 2022, and the last one of 2022. Next
    to each price, say how much of the way from the cheapest to the most expensive it had gone.
    """
    prices = brent_monthly.set_index("month")["brent_usd_bbl"]
    chosen = ["2020-04-01", "2021-10-01", "2022-01-01", "2022-06-01", "2022-12-01"]
    table = prices.loc[chosen].to_frame("price")
    low, high = table["price"].min(), table["price"].max()
    table["per cent"] = ((table["price"] - low) / (high - low) * 100).round(1)
    table.index = table.index.strftime("%B %Y")
    return table.rename_axis("month")


def falls_of_oil(brent_monthly):
    """The months of 2021 and 2022 in which the price fell.

    Compare the price of each month with that of the month before. Keep the months from January 2021
    to December 2022 in which it was lower, with the price and by how many dollars it fell.
    """
    table = brent_monthly.set_index("month").set_axis(["price"], axis=1)
    table["fell by"] = -table["price"].diff().round(2)
    table = table.loc["2021-01":"2022-12"]
    table = table[table["fell by"] > 0]
    table.index = table.index.strftime("%B %Y")
    return table.rename_axis("month")
