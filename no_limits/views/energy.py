"""What pipelines and tankers carry from Central Asia and Russia, and who buys it."""

import pandas as pd


def gas_lines(pipelines):
    """Gas pipelines between Central Asia, Russia and China, as positions.

    Keep the pipelines for gas. Name each row by the pipeline and, if it is listed in parts, also by
    the part. The capacity is the amount for which the pipeline was designed, in billion cubic
    metres (bcm) a year. The status is that of October 2024.
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

    Take the capacity for which each line was designed. Lines A, B and C run side by side, so add up
    their capacities. The parts of Power of Siberia form one line, end to end, so count its capacity
    once. According to the Energy Institute, Lines A to C carried what Turkmenistan, Uzbekistan and
    Kazakhstan sent in 2022, and Power of Siberia carried what Russia sent. Line D was not built, so
    it carried nothing.
    """
    size = pipelines.set_index(pipelines["name"] + pipelines["segment"].fillna(""))["capacity"]
    rows = gas_flows.query("year == 2022 and series == 'matrix' and fuel == 'pipeline_gas'")
    sent = rows[rows["destination_iso3"] == "CHN"].set_index("origin_iso3")["gas_bcm"]
    central = size[size.index.str.contains("Central Asia–China.*Line [ABC]")].sum()
    table = pd.DataFrame(index=["Lines A to C", "Power of Siberia", "Line D, not built"])
    table["carried in 2022"] = [sent[["TKM", "UZB", "KAZ"]].sum(), sent["RUS"], 0]
    siberia = size[size.index.str.contains("Power of Siberia.*Phase")].max()
    table["could carry"] = [central, siberia, size.filter(regex="Line D").sum()]
    return table.astype(float).round(1).rename_axis("line").rename_axis(columns="bcm a year")


def gas_to_china(gas_flows):
    """Gas that China bought by pipeline, by seller.

    Take the pipeline gas that arrived in China, according to the Energy Institute's yearly review
    (bp's review until its edition of 2022). Each year comes from the edition for that year, and
    2022 is printed with only one decimal place. The last column is the sum of all sellers. Russia's
    flow in 2021 is probably too low, and the traps of gas_flows explain why.
    """
    rows = gas_flows[(gas_flows["series"] == "matrix") & (gas_flows["fuel"] == "pipeline_gas")]
    rows = rows[rows["destination_iso3"] == "CHN"]
    table = rows.pivot(index="year", columns="origin_name", values="gas_bcm").round(1)
    table = table.rename(columns={"World": "all sellers"})
    sellers = ["Russia", "Kazakhstan", "Turkmenistan", "Uzbekistan", "Myanmar", "all sellers"]
    return table[sellers].rename_axis(columns="bcm")


def region_gas_by_buyer(gas_flows):
    """Pipeline gas of the CIS without Russia, by two of its buyers.

    Take the pipeline gas that was sent by the states that the Energy Institute calls "Other CIS",
    in its edition of 2024. Keep what went to Russia and to China. Azerbaijan is one of these
    states, but the gas for China came only from Turkmenistan, Uzbekistan and Kazakhstan.
    """
    rows = gas_flows[gas_flows["series"].eq("interregional") & gas_flows["fuel"].eq("pipeline_gas")]
    rows = rows[rows["origin_name"].str.startswith("Other CIS")]
    table = rows.pivot(index="year", columns="destination_iso3", values="gas_bcm")
    table = table[["RUS", "CHN"]].round(1)
    table.columns = ["Russia", "China"]
    return table.rename_axis(columns="bcm")


def russian_gas_by_buyer(gas_flows):
    """Russian pipeline gas by two of its buyers.

    Take the pipeline gas that Russia sent, in the Energy Institute's edition of 2024. Keep what
    went to China and what went to Europe, which in this publisher's grouping includes Türkiye.
    """
    rows = gas_flows[gas_flows["series"].eq("interregional") & gas_flows["fuel"].eq("pipeline_gas")]
    rows = rows[rows["origin_iso3"] == "RUS"]
    table = rows.pivot(index="year", columns="destination_name", values="gas_bcm")
    return table[["Europe", "China"]].round(1).rename_axis(columns="bcm")


def gas_needs_2022(gas_flows, energy_production):
    """Who needs whom: Turkmenistan's gas and China, 2022.

    Take what Turkmenistan sent to China by pipeline in 2022. Divide this amount by all the gas that
    Turkmenistan sent abroad by pipeline, by all that it produced, by all that China bought by
    pipeline, and by all that China used. The five numbers are the Energy Institute's.
    """
    rows = gas_flows[(gas_flows["series"] == "matrix") & (gas_flows["fuel"] == "pipeline_gas")]
    rows = rows[rows["year"] == 2022].set_index(["origin_iso3", "destination_iso3"])["gas_bcm"]
    made = energy_production[energy_production["year"] == 2022]
    made = made.set_index(["iso3", "series"])["value"]
    wholes = {"Turkmenistan's exports by pipe": rows["TKM", "WLD"]}
    wholes |= {"Turkmenistan's production": made["TKM", "gas_production"]}
    wholes |= {"China's imports by pipe": rows["WLD", "CHN"]}
    wholes |= {"China's use of gas": made["CHN", "gas_consumption"]}
    share = rows["TKM", "CHN"] / pd.Series(wholes) * 100
    table = pd.DataFrame({"share": share.round(1)})
    return table.rename_axis("out of").rename_axis(columns="per cent")


def products_to_africa(russian_oil_products, oil_flows):
    """Russian oil products to Africa in 2023, by two publishers.

    Take the Energy Institute's figure for all products sent to Africa. Add a row with the figure of
    a trade service (LSEG) for diesel alone.
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

    Take all steps that the course found, although they are not a full history. Write the date as
    exactly as it is known: a day, a month or a year. A step known only by its month or year follows
    the dated steps of that month or year.
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

    Take the prices of March 2020 and early 2021 as printed. China's prices are those that Interfax
    works out from China's customs: a lower bound for 2020, and January for 2021. Europe's prices
    are what Gazprom was paid (in 2021, under its contracts from January to March). For 2022 there
    are two rows, each from one publisher. "customs 2022" divides the dollars that China's customs
    report by the Energy Institute's cubic metres for that year. "Moscow 2022" holds the Russian
    government's own two prices, which became public in September 2023 and include Türkiye in
    Europe. Leave out Myanmar, and Uzbekistan, whose flow is rounded and therefore gives only a
    rough price.
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

    Take the dollars and the cubic metres from that report, which was public on the day of the
    article, and divide the dollars by the cubic metres. Both are rounded, so the price is rough.
    """
    rows = gas_prices[(gas_prices["stated_by"] == "Reuters") & gas_prices["public_by_article"]]
    rows = rows.set_index("seller")
    price = rows["value_usd"].astype(float) / rows["volume_bcm"] / 1e6
    table = pd.DataFrame({"price": price}).round(1)
    return table.rename_axis(columns="US$ per 1,000 m³")


def russian_gas_prices(gas_prices):
    """What China and Europe paid for Russia's gas by pipeline, in the same months.

    Take the prices that somebody stated, and keep only the periods for which we found both a price
    for China and a price for Europe. China's prices of 2020 and 2021 are worked out from China's
    customs, and Europe's are Gazprom's. Both prices of 2022 come from Russia's government and
    became public after the article; there, Türkiye belongs to Europe.
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

    Take the volumes that were public by the day of the article: Gazprom's for 2020, and those of
    Russia's deputy prime minister for 2021 and 2022. Their cubic metres are not measured in the
    same way as the Energy Institute's.
    """
    rows = gas_prices[(gas_prices["kind"] == "volume") & gas_prices["public_by_article"]]
    year = rows["period_start"].dt.year
    table = rows.assign(year=year, China=rows["volume_bcm"].astype(float)).set_index("year")
    return table[["China"]].rename_axis(columns="bcm")


def russian_gas_in_2022(gas_prices, gas_flows, russian_energy_to_china):
    """One price, by who states it: Russian gas by pipeline to China, 2022.

    Take every statement on that year, or on its end. If a page gives dollars and cubic metres,
    divide the dollars by the cubic metres. Divide what China's customs report, month by month, by
    two volumes: that of the Russian government and that of the Energy Institute. If a page gives a
    range, take its middle. "Public" says whether the number, or both of its parts, could be known
    on 28 May 2023.
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
