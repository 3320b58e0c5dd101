"""What pipelines and tankers carry from Central Asia and Russia, and who buys it."""

import pandas as pd


def gas_lines(pipelines):
    """Gas pipelines between Central Asia, Russia and China, as positions.

    Keep the lines for gas. Name each by the pipeline and, where it is listed in parts, by the part.
    The capacity is what the line was designed for, in billion cubic metres (bcm) a year. The status
    is that of October 2024.
    """
    lines = pipelines[pipelines["commodity"] == "gas"]
    part = (", " + lines["segment"].str.replace(": Pipeline Extension", "")).fillna("")
    names = lines["name"].str.replace(" Gas Pipeline", "")
    lines = lines.assign(line=names + part.str.replace(" Gas Pipeline", ""))
    names = {"countries": "states", "capacity": "bcm a year", "route_length_km": "km"}
    lines = lines.rename(columns=names).astype({"km": float})
    lines = lines.set_index("line").sort_values("status", kind="stable")
    return lines[["status", "bcm a year", "km", "states", "geometry"]]


def lines_to_china(pipelines, gas_flows):
    """What three gas lines to China could carry in a year, and what they carried in 2022.

    Take the capacity that each line was designed for. Lines A, B and C run side by side, so add
    them up; the parts of Power of Siberia are one line, end to end, so count its capacity once.
    Lines A to C brought what Turkmenistan, Uzbekistan and Kazakhstan sent in 2022 by the Energy
    Institute's count, Power of Siberia what Russia sent. Line D was not built, so it carried
    nothing.
    """
    size = pipelines.set_index(pipelines["name"] + pipelines["segment"].fillna(""))["capacity"]
    rows = gas_flows.query("year == 2022 and series == 'matrix' and fuel == 'pipeline_gas'")
    sent = rows[rows["destination_iso3"] == "CHN"].set_index("origin_iso3")["gas_bcm"]
    central = size[size.index.str.contains("Central Asia–China.*Line [ABC]")].sum()
    table = pd.DataFrame(index=["Line D, not built", "Power of Siberia", "Lines A to C"])
    table["carried in 2022"] = [0, sent["RUS"], sent[["TKM", "UZB", "KAZ"]].sum()]
    siberia = size[size.index.str.contains("Power of Siberia.*Phase")].max()
    table["could carry"] = [size.filter(regex="Line D").sum(), siberia, central]
    return table.astype(float).round(1).rename_axis("line").rename_axis(columns="bcm a year")


def gas_to_china(gas_flows):
    """Gas that China bought by pipeline, by seller.

    Take pipeline gas that arrives in China, as the Energy Institute's yearly review lists it (until
    its edition of 2022 the company bp's). Each year comes from that year's own edition, and 2022
    is printed with one decimal only. The last column is the sum over all sellers. Russia's flow of
    2021 is probably too low: the traps of gas_flows say why.
    """
    rows = gas_flows[(gas_flows["series"] == "matrix") & (gas_flows["fuel"] == "pipeline_gas")]
    rows = rows[rows["destination_iso3"] == "CHN"]
    table = rows.pivot(index="year", columns="origin_name", values="gas_bcm").round(1)
    table = table.rename(columns={"World": "all sellers"})
    sellers = ["Russia", "Kazakhstan", "Turkmenistan", "Uzbekistan", "Myanmar", "all sellers"]
    return table[sellers].rename_axis(columns="bcm")


def region_gas_by_buyer(gas_flows):
    """Pipeline gas of the CIS without Russia, by two of its buyers.

    Take pipeline gas sent by the states that the Energy Institute calls "Other CIS", in its edition
    of 2024. Keep what went to Russia and to China. Azerbaijan is one of these states; what went to
    China came from Turkmenistan, Uzbekistan and Kazakhstan alone.
    """
    rows = gas_flows[gas_flows["series"].eq("interregional") & gas_flows["fuel"].eq("pipeline_gas")]
    rows = rows[rows["origin_name"].str.startswith("Other CIS")]
    table = rows.pivot(index="year", columns="destination_iso3", values="gas_bcm")
    table = table[["RUS", "CHN"]].round(1)
    table.columns = ["Russia", "China"]
    return table.rename_axis(columns="bcm")


def russian_gas_by_buyer(gas_flows):
    """Russian pipeline gas by two of its buyers.

    Take pipeline gas sent by Russia in the Energy Institute's edition of 2024. Keep what went to
    Europe, the publisher's group with Türkiye in it, and what went to China.
    """
    rows = gas_flows[gas_flows["series"].eq("interregional") & gas_flows["fuel"].eq("pipeline_gas")]
    rows = rows[rows["origin_iso3"] == "RUS"]
    table = rows.pivot(index="year", columns="destination_name", values="gas_bcm")
    return table[["Europe", "China"]].round(1).rename_axis(columns="bcm")


def gas_needs_2022(gas_flows, energy_production):
    """Who needs whom: Turkmenistan's gas and China, 2022.

    Take what Turkmenistan sent to China by pipeline in 2022. Divide it by all that Turkmenistan
    sent abroad by pipeline, by all that it produced, by all that China bought by pipeline, and by
    all the gas that China used. The five numbers are the Energy Institute's.
    """
    rows = gas_flows[(gas_flows["series"] == "matrix") & (gas_flows["fuel"] == "pipeline_gas")]
    rows = rows[rows["year"] == 2022].set_index(["origin_iso3", "destination_iso3"])["gas_bcm"]
    made = energy_production[energy_production["year"] == 2022]
    made = made.set_index(["iso3", "series"])["value"]
    wholes = {"China's use of gas": made["CHN", "gas_consumption"]}
    wholes |= {"China's imports by pipe": rows["WLD", "CHN"]}
    wholes |= {"Turkmenistan's production": made["TKM", "gas_production"]}
    wholes |= {"Turkmenistan's exports by pipe": rows["TKM", "WLD"]}
    share = rows["TKM", "CHN"] / pd.Series(wholes) * 100
    table = pd.DataFrame({"share": share.round(1)})
    return table.rename_axis("out of").rename_axis(columns="per cent")


def products_to_africa(russian_oil_products, oil_flows):
    """Russian oil products to Africa in 2023, by two publishers.

    Take what the Energy Institute lists of all products to Africa. Add a row for what a trade
    service (LSEG) counts of diesel alone.
    """
    listed = oil_flows[oil_flows["origin_iso3"].eq("RUS") & oil_flows["year"].eq(2023)]
    listed = listed[listed["product"].eq("oil_products") & listed["destination_name"].eq("Africa")]
    diesel = russian_oil_products[russian_oil_products["year"].eq(2023)]
    diesel = diesel[diesel["destination_name"] == "Africa"]
    numbers = [listed["volume_mt"].sum(), diesel["volume_mt"].sum()]
    table = pd.DataFrame({"to Africa": numbers}).round(1)
    table.index = ["all products, Energy Institute", "diesel alone, LSEG"]
    return table.rename_axis("what is counted").rename_axis(columns="million tonnes")


def gas_deals(gas_pipeline_events):
    """Steps of the gas pipelines to China: deals, openings, delays.

    Take all steps that the course found; it is no full history. Write the date as exactly as it is
    known: a day, a month or a year. What is known to the month or the year comes after its days.
    """
    days = gas_pipeline_events["date_precision"].map({"day": 0, "month": 30, "year": 365})
    latest = gas_pipeline_events["date"] + pd.to_timedelta(days, unit="D")
    rows = gas_pipeline_events.assign(latest=latest).sort_values("latest", kind="stable")
    day, known = rows["date"].dt, rows["date_precision"]
    when = day.day.astype(str) + day.strftime(" %B %Y")
    when = when.mask(known == "month", day.strftime("%B %Y"))
    when = when.mask(known == "year", day.strftime("%Y"))
    rows = rows.assign(when=when).set_index("when")
    rows = rows.rename(columns={"event": "what happened", "publisher": "who says so"})
    return rows[["date", "pipeline", "what happened", "who says so"]]


def gas_price_by_buyer(gas_prices, gas_flows, russian_energy_to_china):
    """What gas by pipeline cost China, by seller, and what Russia's cost Europe.

    Take the prices of March 2020 and early 2021 as printed: for China those that Interfax works
    out of China's customs (of 2020 a lower bound, of 2021 January), for Europe what Gazprom was
    paid (in 2021 under its contracts from January to March). For 2022 there are two rows, each
    of one publisher. "customs 2022" divides the dollars that China's customs count by the Energy
    Institute's cubic metres of that year. "Moscow 2022" holds the Russian government's own pair,
    Türkiye included in Europe; it became public in September 2023. Left out are Myanmar, and
    Uzbekistan, whose rounded flow makes a rough price.
    """
    way = gas_prices["seller_iso3"] + gas_prices["buyer_iso3"]
    rows = gas_prices.set_index(way).query("fuel == 'pipeline_gas'")
    price = rows[rows["kind"] == "price"]
    early = price[price["volume_bcm"].gt(0) | price["stated_by"].str.contains("Burmistrova")]
    paid = rows.query("kind == 'value' and period_start.dt.year == 2022")["value_usd"]
    paid["RUSCHN"] = russian_energy_to_china.query(
        "product == 'pipeline_gas' and month.dt.year == 2022"
    )["value_usd"].sum()
    flows = gas_flows.set_index(gas_flows["origin_iso3"] + gas_flows["destination_iso3"])
    flows = flows.query("year == 2022 and series == 'matrix' and fuel == 'pipeline_gas'")
    spring = price[(price["period_end"] == "2020-03") & (price["period_start"] >= "2019-12")]
    moscow = price[(price["period_start"] == "2022-01") & ~price["public_by_article"]]
    names = {**rows["seller"].groupby(level=0).first(), "RUSEUR": "Russia to Europe"}
    table = {
        "March 2020": spring["price_usd_per_1000m3"],
        "early 2021": early["price_usd_per_1000m3"],
        "customs 2022": paid.astype(float) / flows["gas_bcm"].reindex(paid.index) / 1e6,
        "Moscow 2022": moscow["price_usd_per_1000m3"],
    }
    table = pd.DataFrame(table).loc[["RUSCHN", "KAZCHN", "TKMCHN", "RUSEUR"]].astype(float)
    return (
        table.rename(index=names)
        .T.rename_axis("when")
        .rename_axis(columns="US$ per 1,000 m³")
        .round(1)
    )


def gas_prices_by_reuters(gas_prices):
    """What China paid for gas by pipeline in 2022, by seller, as Reuters reported in May 2023.

    Take the dollars and the cubic metres of that report, which was public on the day of the
    article, and divide them. Both are rounded, so the price is rough.
    """
    rows = gas_prices[(gas_prices["stated_by"] == "Reuters") & gas_prices["public_by_article"]]
    rows = rows.set_index("seller")
    price = rows["value_usd"].astype(float) / rows["volume_bcm"] / 1e6
    table = pd.DataFrame({"price": price}).round(1)
    return table.rename_axis(columns="US$ per 1,000 m³")


def russian_gas_prices(gas_prices):
    """What China and Europe paid for Russia's gas by pipeline, in the same months.

    Take the prices that somebody stated, and keep only the periods for which both a price of China
    and a price of Europe were found. China's of 2020 and 2021 are worked out of China's customs,
    Europe's are Gazprom's. Both prices of 2022 are those of Russia's government, which became
    public after the article; there Türkiye belongs to Europe.
    """
    rows = gas_prices.query("seller_iso3 == 'RUS' and kind == 'price' and fuel == 'pipeline_gas'")
    rows = rows[rows["buyer_iso3"].isin(["CHN", "EUR"])]
    first, last = rows["period_start"].dt, rows["period_end"].dt
    period = first.strftime("%b") + "–" + last.strftime("%b %Y")
    rows = rows.assign(period=period, year=last.year)
    table = rows.pivot(
        index=["year", "period"], columns="buyer_iso3", values="price_usd_per_1000m3"
    )
    table = table.astype(float).dropna().sort_index().droplevel("year")
    table = table[["CHN", "EUR"]]
    table.columns = ["China", "Europe"]
    return table.rename_axis(columns="US$ per 1,000 m³")


def russian_gas_as_stated(gas_prices):
    """Russia's gas by pipeline to China, as Gazprom and Russia's government state it.

    Take the volumes that were public by the article: of 2020 Gazprom's, of 2021 and 2022 those of
    Russia's deputy prime minister. They are other cubic metres than the Energy Institute's.
    """
    rows = gas_prices[(gas_prices["kind"] == "volume") & gas_prices["public_by_article"]]
    year = rows["period_start"].dt.year
    table = rows.assign(year=year, China=rows["volume_bcm"].astype(float)).set_index("year")
    return table[["China"]].rename_axis(columns="bcm")


def gas_to_china_in_2025(gas_prices):
    """Gas that China bought by pipeline in 2025, by seller: cubic metres and dollars.

    Take the volumes of the Energy Institute's edition of 2026 and the dollars that China's customs
    counted, as TASS gives them. Keep the four sellers whose volume was found. All of it came after
    the article.
    """
    rows = gas_prices[(gas_prices["period_start"] == "2025-01") & gas_prices["buyer"].eq("China")]
    rows = rows[rows["kind"].isin(["value", "volume"])].set_index("seller")
    table = pd.DataFrame({"bcm": rows["volume_bcm"].dropna()})
    table["US$ billion"] = rows["value_usd"].dropna().astype(float) / 1e9
    return table.rename_axis("seller").astype(float).round(2)


def russian_gas_in_2022(gas_prices, gas_flows, russian_energy_to_china):
    """One price, by who states it: Russian gas by pipeline to China, 2022.

    Take every statement on that year, or on its end. Where a page gives dollars and cubic metres,
    divide them. Divide what China's customs count, month by month, by two volumes: that of the
    Russian government and that of the Energy Institute. Of a range give the middle. "Public" says
    whether the number, or both of its parts, could be known on 28 May 2023.
    """
    rows = gas_prices.query("seller_iso3 == 'RUS' and buyer_iso3 == 'CHN' and fuel != 'lng'")
    rows = rows[(rows["period_start"] < "2023") & (rows["period_end"] > "2022-01-01")]
    months = russian_energy_to_china.query("product == 'pipeline_gas'").set_index("month")
    value = months.loc["2022", "value_usd"].sum() / 1e6
    flow = gas_flows.query(
        "year == 2022 and series == 'matrix' and fuel == 'pipeline_gas' "
        "and origin_iso3 == 'RUS' and destination_iso3 == 'CHN'"
    )["gas_bcm"].sum()
    price, high = rows["price_usd_per_1000m3"], rows["price_high_usd_per_1000m3"]
    divided = rows["value_usd"].astype(float).fillna(value * 1e6) / rows["volume_bcm"] / 1e6
    price = ((price + high.fillna(price)) / 2).fillna(divided)
    who = rows["stated_by"].mask(rows["kind"] == "volume", "China's customs, Moscow's volume")
    known = rows["public_by_article"].map({True: "yes", False: "no"})
    table = pd.DataFrame({"who": who, "US$ per 1,000 m³": price, "public": known})
    table = table[rows["kind"] != "value"].set_index("who")
    table.loc["China's customs, Energy Institute's volume"] = [value / flow, "no"]
    return table.sort_values("US$ per 1,000 m³").round(1)
