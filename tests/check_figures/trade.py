"""Trade and energy. GACC is China's customs; DOTS and IMTS are two collections of the IMF."""

from courseware import data
from tests.check_figures import FIVE, count, one, only, total, where

ANNUAL, MONTHLY = "china_russia_trade_annual", "china_russia_trade_monthly"
PRINTS, ENERGY = "china_russia_press_prints", "russian_energy_to_china"
FIVE_TRADE = "central_asia_trade"

PRESS = "China customs, first release (press)"
DOTS_CHINA, DOTS_RUSSIA = "China customs (IMF DOTS)", "Russia customs (IMF DOTS)"
IMTS, ROSSTAT = "China customs (IMF IMTS)", "Russia customs (Rosstat)"
KAZAKH, KYRGYZ = "Kazakhstan statistics (BNS)", "Kyrgyzstan statistics (NSC)"
UZBEK = "Uzbekistan statistics (Statistics Agency)"
BILLION = 1e9
CUSTOMS, MACHINES = "China's customs", "machinery and electrical equipment (HS 84-85)"


def year_total(line, year, flow="total"):
    return one("value_usd", BILLION, year=year, flow=flow, line=line)


def mirror(year):
    """Compare what Russia's customs record, per dollar that China's record."""
    return lambda d: year_total(DOTS_RUSSIA, year)(d) / year_total(DOTS_CHINA, year)(d)


def quarter(year):
    start, end = f"{year}-01", f"{year}-03"
    return one("value_usd_bn", period_start=start, period_end=end, flow="total")


def of_year(df, column, year):
    return df[df[column].dt.year == year]


def energy(year, product, column, scale):
    def value(df):
        return total(column, scale, product=product)(of_year(df, "month", year))

    return value


def preferred(year, column, scale):
    def value(df):
        return total(column, scale, flow="total", preferred=True)(of_year(df, "month", year))

    return value


def crude_to(destination, year):
    flow = {"origin_iso3": "RUS", "destination_iso3": destination}
    return one("volume_mt", year=year, product="crude_oil", **flow)


def gas_to_china(origin, year):
    flow = {"origin_iso3": origin, "destination_iso3": "CHN"}
    return one("gas_bcm", year=year, series="matrix", fuel="pipeline_gas", **flow)


def gas_price(seller, by):
    """Return the price that follows from one statement on 2022, US$ per 1,000 cubic metres."""

    def value(df):
        row = {"seller_iso3": seller, "kind": "quotient", "fuel": "pipeline_gas", "stated_by": by}
        return only(df, "value_usd", **row) / only(df, "volume_bcm", **row) / 1e6

    return value


def by_tonne(df):
    """Return Turkmenistan's price less Russia's, US$ a tonne, January to November 2021."""
    row = {"period_end": "2021-11", "kind": "quotient"}
    price = [
        only(df, "value_usd", seller_iso3=seller, **row)
        / only(df, "volume_t", seller_iso3=seller, **row)
        for seller in ("TKM", "RUS")
    ]
    return price[0] - price[1]


def customs(partner, flow, year, vintage):
    """Return what Russia's customs count in a year, in US$ bn."""
    period = {"period_start": f"{year}-01", "period_end": f"{year}-12"}
    return one("value_usd", BILLION, partner=partner, flow=flow, vintage=vintage, **period)


def stated(df, month):
    """Return the share with China that somebody stated of one month, per cent."""
    return only(df, "share_pct", period_start=month, partner="China", flow="total")


def sold(df, item, until):
    """Return what China sold to Russia of one item in the months to ``until``, US$."""
    return only(df, "value_usd", item=item, period_end=until, counted_by=CUSTOMS)


def surplus(until, said):
    """Return the current account since January to a month, as stated on a day, in US$ bn."""
    keys = {"item": "current account", "period_start": f"{until[:4]}-01", "period_end": until}
    return one("value_usd", BILLION, stated_on=said, **keys)


def crude_of(seller, year):
    return one("volume_mt", origin_iso3=seller, year=year)


def parts_of_world(df):
    """Greatest gap, US$ bn, between the CIS with the rest and the world, 1994 to 2021."""
    rows = where(df, vintage=FROM_ROSSTAT)
    rows = rows.pivot_table("value_usd", ["period_start", "flow"], "partner") / BILLION
    return (rows["CIS"] + rows["outside the CIS"] - rows["world"]).abs().max()


def mixed_share(flow, chinese, year):
    """China's customs over Russia's total, per cent: our arithmetic."""

    def value(df):
        counted = data.load(ANNUAL).query("reporter_iso3 == 'CHN' and line == @IMTS")
        china = only(counted, "value_usd", year=year, flow=chinese) / BILLION
        return 100 * china / customs("world", flow, year, RELEASE)(df)

    return value


def first_half(df):
    """Average of January to June 2023 from that of January to May and June."""
    half = only(df, "urals_usd_bbl", period="2023-01", period_end="2023-05")
    return (5 * half + only(df, "urals_usd_bbl", period="2023-06", kind="month")) / 6


def diesel(name):
    return one("volume_mt", year=2023, product="diesel and gasoil, seaborne", destination_name=name)


FROM_ROSSTAT = "table of Rosstat, stored January 2025"
FROM_MONTHS = "sum of Rosstat's months, stored January 2025"
RELEASE = "release for 2023, February 2024"


def gas_two_ways(df):
    """Gas from three states to China in 2023: by origin, less the region's own row."""
    rows = where(df, year=2023, destination_iso3="CHN")
    parts = where(rows, series="matrix", fuel="pipeline_gas", origin_iso3=["KAZ", "TKM", "UZB"])
    region = where(rows, series="interregional")
    region = region[region["origin_name"].str.startswith("Other CIS (")]
    return parts["gas_bcm"].sum() - region["gas_bcm"].iloc[0]


def collections_differ(df):
    """Greatest relative difference between the IMF's two collections of China's figures."""
    totals = df[df["flow"] == "total"].pivot_table("value_usd", "year", "line")
    return (totals[IMTS] / totals[DOTS_CHINA]).dropna().sub(1).abs().max()


def implied_price(df):
    june = where(df, month="2022-06", product="crude_oil").iloc[0]
    return june["value_usd"] / june["volume_t"] / 7.33  # barrels in a tonne


def china_with(state, year):
    return one("value_usd", BILLION, state_iso3=state, line=IMTS, year=year, flow="total")


def china_with_five(year, flow="total"):
    return total("value_usd", BILLION, power_iso3="CHN", line=IMTS, year=year, flow=flow)


def gap(state, year, own):
    """China's exports to a state over what the state's statistics record as imports."""

    def value(df):
        sold = only(df, "value_usd", state_iso3=state, line=IMTS, year=year, flow="export")
        keys = {"state_iso3": state, "power_iso3": "CHN", "line": own}
        return sold / only(df, "value_usd", year=year, flow="import", **keys)

    return value


def china_passes_russia(state, china_line, russia_line):
    def value(df):
        rows = where(df, state_iso3=state, flow="total").set_index("year")
        china = where(rows, power_iso3="CHN", line=china_line)["value_usd"]
        russia = where(rows, power_iso3="RUS", line=russia_line)["value_usd"]
        years = china.index.intersection(russia.index)
        return min(year for year in years if china[year] > russia[year])

    return value


def soviet_zeros(df):
    former = ["RUS", *FIVE]
    rows = where(df, iso3=former, partner_iso3=former, value_usd=0)
    return int((rows["year"] <= 1994).sum())


CHECKS = [
    # China and Russia, by year
    (
        ANNUAL,
        "China customs 2022, first release, US$ bn (GACC)",
        year_total(PRESS, 2022),
        190.271,
        0.001,
    ),
    (
        ANNUAL,
        "2022, first release: exports and imports add up to the total (GACC)",
        lambda d: year_total(PRESS, 2022, "export")(d) + year_total(PRESS, 2022, "import")(d),
        190.271,
        0.001,
    ),
    (
        ANNUAL,
        "China customs 2023, first release, US$ bn (GACC)",
        year_total(PRESS, 2023),
        240.11,
        0.001,
    ),
    (
        ANNUAL,
        "China customs 2025, first release, US$ bn (TASS)",
        year_total(PRESS, 2025),
        228.1,
        0.05,
    ),
    (
        ANNUAL,
        "Change from 2024 to 2025, per cent (printed by TASS)",
        lambda d: 100 * (year_total(PRESS, 2025)(d) / year_total(PRESS, 2024)(d) - 1),
        -6.9,
        0.1,
    ),
    (ANNUAL, "IMF DOTS, China 2014, against GACC", year_total(DOTS_CHINA, 2014), 95.28, 0.05),
    (ANNUAL, "IMF DOTS, China 2016, against GACC", year_total(DOTS_CHINA, 2016), 69.53, 0.25),
    (ANNUAL, "IMF DOTS, China 2019, against GACC", year_total(DOTS_CHINA, 2019), 110.75, 1.1),
    (ANNUAL, "2005: Russia records 30 % less than China (IMF DOTS)", mirror(2005), 0.70, 0.005),
    (
        ANNUAL,
        "2018: the two differ by 1.5 % (IMF DOTS)",
        lambda d: abs(mirror(2018)(d) - 1),
        0.015,
        0.001,
    ),
    (ANNUAL, "China 2001–2019: IMTS and DOTS agree (both IMF)", collections_differ, 0, 0.001),
    (
        ANNUAL,
        "IMF IMTS, China 2021: exports 67.60 and imports 78.35",
        year_total(IMTS, 2021),
        145.95,
        0.01,
    ),
    (
        ANNUAL,
        "IMF IMTS, China 2023, revised since GACC's first 240.11",
        year_total(IMTS, 2023),
        239.07,
        0.01,
    ),
    (
        ANNUAL,
        "World Bank WITS, Russia 2019: 57.32 exports and 54.14 imports (China says 110.75)",
        year_total("Russia customs (WITS)", 2019),
        111.46,
        0.01,
    ),
    (
        ANNUAL,
        "Years that Russia reports to IMF DOTS",
        lambda d: where(d, line=DOTS_RUSSIA)["year"].nunique(),
        28,
        0,
    ),
    # First releases and months
    (PRINTS, "First quarter of 2022 as first released (Moscow Times)", quarter(2022), 38.17, 0),
    (PRINTS, "First quarter of 2023 (Global Times prints 53.85)", quarter(2023), 53.845, 0),
    (
        PRINTS,
        "Growth of the first quarter of 2023 on the first release of 2022, per cent (GACC)",
        lambda d: 100 * (quarter(2023)(d) / quarter(2022)(d) - 1),
        41.1,
        0.05,
    ),
    (
        PRINTS,
        "Base implied by the printed 38.7 % (Global Times)",
        lambda d: quarter(2023)(d) / 1.387,
        38.8,
        0.05,
    ),
    (PRINTS, "Prints kept", len, 218, 0),
    (
        MONTHLY,
        "Months of 2023 add up to the printed year (GACC)",
        preferred(2023, "value_usd", BILLION),
        240.11,
        0.001,
    ),
    (
        MONTHLY,
        "Months of 2022 against the printed year (GACC)",
        preferred(2022, "value_usd", BILLION),
        190.271,
        0.45,
    ),
    (MONTHLY, "Twelve months of 2022 are covered", preferred(2022, "months", 1), 12, 0),
    (MONTHLY, "Twelve months of 2023 are covered", preferred(2023, "months", 1), 12, 0),
    (
        MONTHLY,
        "Imports of October 2023 as printed at the time (Sputnik)",
        one("value_usd", BILLION, month="2023-10", flow="import", source_kind="press"),
        11.1,
        0.001,
    ),
    (
        MONTHLY,
        "Imports of October 2023 as the difference of two sums (GACC)",
        one("value_usd", BILLION, month="2023-10", flow="import", source_kind="derived"),
        11.5,
        0.01,
    ),
    # Money, machines and a whole
    (
        "russian_current_account",
        "Surplus of 2022 over that of 2021, per cent (Daily Management Review: 86)",
        lambda d: (
            100 * (surplus("2022-12", "2023-01-17")(d) / surplus("2021-12", "2022-04-05")(d) - 1)
        ),
        86,
        0.6,
    ),
    (
        "russian_current_account",
        "Surplus of 2022 as revised, US$ bn (War on the Rocks)",
        surplus("2022-12", "2024-01-19"),
        238,
        0,
    ),
    (
        "russian_current_account",
        "Fall of January to July 2025, per cent (printed by Interfax)",
        lambda d: (
            100 * (surplus("2025-07", "2025-09-16")(d) / surplus("2024-07", "2025-09-16")(d) - 1)
        ),
        -39.5,
        0.05,
    ),
    (
        "china_crude_imports",
        "2022, million barrels a day at 7.33 a tonne (MEES: 10.21)",
        lambda d: crude_of("WLD", 2022)(d) * 7.33 / 365,
        10.21,
        0.01,
    ),
    (
        "china_crude_imports",
        "Russia 2022, million tonnes (Energy Institute)",
        crude_of("RUS", 2022),
        86.2,
        0.06,
    ),
    (
        "china_crude_imports",
        "Malaysia 2022 over 2021, per cent (printed by AsianOil)",
        lambda d: 100 * (crude_of("MYS", 2022)(d) / crude_of("MYS", 2021)(d) - 1),
        92.6,
        0.1,
    ),
    (
        "china_sales_to_russia",
        "Integrated circuits of 2022, US$ million (abachy.com)",
        lambda d: sold(d, "integrated circuits", "2022-12") / 1e6,
        179,
        0,
    ),
    (
        "china_sales_to_russia",
        "Goods on the high-priority list 2023, per cent (WTTL)",
        one("share_pct", item="goods on the high-priority list", period_start="2023-01"),
        90,
        0,
    ),
    # Energy
    (
        ENERGY,
        "Crude 2022, million tonnes (TASS)",
        energy(2022, "crude_oil", "volume_t", 1e6),
        86.2,
        0.06,
    ),
    (
        ENERGY,
        "Crude 2022, US$ bn (TASS)",
        energy(2022, "crude_oil", "value_usd", BILLION),
        58.37,
        0.02,
    ),
    (
        ENERGY,
        "Crude January to November 2022, million tonnes (RT)",
        lambda d: energy(2022, "crude_oil", "volume_t", 1e6)(d[d["month"] < "2022-12"]),
        79.78,
        0.05,
    ),
    (
        ENERGY,
        "LNG 2022, million tonnes (China's customs)",
        energy(2022, "lng", "volume_t", 1e6),
        6.50,
        0.01,
    ),
    (
        ENERGY,
        "Crude 2020, million tonnes (bp)",
        energy(2020, "crude_oil", "volume_t", 1e6),
        83.45,
        0.2,
    ),
    (
        ENERGY,
        "Crude 2021, million tonnes (bp)",
        energy(2021, "crude_oil", "volume_t", 1e6),
        79.64,
        0.05,
    ),
    (
        ENERGY,
        "Crude, coal and pipeline gas as a share of the imports of 2022 that GACC printed",
        lambda d: sum(
            energy(2022, product, "value_usd", 114.149e9)(d)
            for product in ("crude_oil", "coal", "pipeline_gas")
        ),
        0.65,
        0.005,
    ),
    (
        ENERGY,
        "Implied price of June 2022, less Brent 122.71 (EIA)",
        lambda d: implied_price(d) - 122.71,
        -25.0,
        0.1,
    ),
    (
        "brent_monthly",
        "Brent, June 2022 (World Bank 120.08)",
        one("brent_usd_bbl", month="2022-06"),
        120.08,
        3,
    ),
    (
        "brent_monthly",
        "Brent, December 2022 (World Bank 80.90)",
        one("brent_usd_bbl", month="2022-12"),
        80.90,
        0.2,
    ),
    (
        "urals_quotes",
        "Discount of June 2022 (Ministry of Finance through TASS, World Bank's Brent)",
        one("discount_usd_bbl", period="2022-06", kind="month"),
        32.83,
        0.001,
    ),
    (
        "urals_quotes",
        "Discount of August 2023 to North Sea Dated (TASS)",
        one("discount_usd_bbl", period="2023-08", kind="month"),
        12.20,
        0.001,
    ),
    *(
        (
            "russian_customs_totals",
            f"{flow.capitalize()}s of {year}, US$ bn (Agenzia Nova)",
            customs("world", flow, year, RELEASE),
            value,
            0.05,
        )
        for flow, year, value in [
            ("export", 2022, 592.5),
            ("import", 2022, 255.3),
            ("export", 2023, 425.1),
            ("import", 2023, 285.1),
        ]
    ),
    ("russian_customs_totals", "The CIS and the rest are the world", parts_of_world, 0, 0.006),
    *(
        (
            "russian_customs_totals",
            f"China's part of {flow}s in 2021, per cent (World Factbook {factbook})",
            lambda d, flow=flow: (
                100
                * customs("China", flow, 2021, FROM_MONTHS)(d)
                / customs("world", flow, 2021, FROM_ROSSTAT)(d)
            ),
            value,
            0.05,
        )
        for flow, factbook, value in [("export", 15, 14.0), ("import", 25, 24.8)]
    ),
    *(
        (
            "russian_customs_totals",
            f"China's customs over Russia's {flow}s {year}, per cent (World Factbook {factbook})",
            mixed_share(flow, chinese, year),
            value,
            0.4,
        )
        for flow, chinese, year, factbook, value in [
            ("import", "export", 2022, 39, 29.8),
            ("import", "export", 2023, 53, 39.1),
            ("export", "import", 2022, 21, 19.3),
            ("export", "import", 2023, 33, 30.0),
        ]
    ),
    (
        "settlement_currency",
        "Yuan in Russia's imports, December 2022: 23 per cent (Bank of Russia, by Reuters)",
        one("share_pct", period_start="2022-12", partner="world", flow="import", currency="yuan"),
        23,
        0,
    ),
    (
        "settlement_currency",
        "Said of May 2024: 90 per cent, five below what was said of November 2023 (Reuters, RT)",
        lambda d: stated(d, "2024-05") - stated(d, "2023-11"),
        -5,
        0,
    ),
    (
        "china_sales_to_russia",
        "All goods, January to April 2023, as china_russia_press_prints has them (GACC)",
        lambda d: only(d, "value_usd", item="all goods", period_end="2023-04") / BILLION,
        33.69,
        0.02,
    ),
    (
        "china_sales_to_russia",
        "Machinery, January to April 2023: 38 per cent of all goods (FDD from GACC)",
        lambda d: 100 * sold(d, MACHINES, "2023-04") / sold(d, "all goods", "2023-04"),
        38,
        0.5,
    ),
    (
        "china_sales_to_russia",
        "Mean value of a passenger car in 2022, 1,000 US$: value and number of one page (GACC)",
        lambda d: sold(d, "passenger cars", "2022-12") / 153_200 / 1000,
        10.97,
        0.01,
    ),
    *(
        (
            "urals_quotes",
            f"Discount of {month} (Reuters: about {printed})",
            one("discount_usd_bbl", period=month, kind="month"),
            printed,
            0.6,
        )
        for month, printed in {"2023-02": 33, "2023-03": 31}.items()
    ),
    (
        "urals_quotes",
        "December 2022 (Ministry of Finance through Sputnik), 30.6 per cent below 2021",
        lambda d: (
            100
            * only(d, "urals_usd_bbl", period="2022-12", kind="month")
            / only(d, "urals_usd_bbl", period="2021-12", kind="month")
            - 100
        ),
        -30.6,
        0.05,
    ),
    ("urals_quotes", "January to June 2023, from its parts (TASS 52.17)", first_half, 52.17, 0.06),
    (
        "urals_quotes",
        "Every month from June 2022 to November 2023 but two",
        lambda d: len(
            where(d, kind="month").set_index("period").sort_index().loc["2022-06":"2023-11"]
        ),
        18 - 2,
        0,
    ),
    (
        "russian_oil_products",
        "Diesel to Saudi Arabia and the Emirates 2023, Mt (LSEG through Reuters)",
        lambda d: diesel("Saudi Arabia")(d) + diesel("United Arab Emirates")(d),
        3.5,
        1e-6,
    ),
    (
        "russian_oil_products",
        "Diesel alone to Africa, Mt, above all products of the Energy Institute (4.7)",
        lambda d: diesel("Africa")(d) > 4.7,
        True,
        0,
    ),
    (
        "russian_oil_products",
        "Türkiye's part of diesel by sea 2023, per cent (EIA 31)",
        lambda d: (
            100
            * only(d, "volume_kbd", year=2023, destination_iso3="TUR", product="diesel, seaborne")
            / only(d, "volume_kbd", year=2023, product="diesel, seaborne", destination_iso3="WLD")
        ),
        31,
        0.6,
    ),
    (
        "oil_flows",
        "Russian crude to China 2023, Mt (chinascope.org)",
        crude_to("CHN", 2023),
        107,
        0.05,
    ),
    ("oil_flows", "Russian crude to India 2020, Mt (bp)", crude_to("IND", 2020), 2.6, 0.05),
    (
        "oil_flows",
        "Russian crude to India 2023, Mt (Energy Institute)",
        crude_to("IND", 2023),
        82,
        0.2,
    ),
    (
        "oil_flows",
        "Russian crude to Europe, 2020 less 2023, Mt (bp, Energy Institute)",
        lambda d: crude_to("EUR", 2020)(d) - crude_to("EUR", 2023)(d),
        138.2 - 32.4,
        0.05,
    ),
    (
        "oil_flows",
        "Destinations of Russian crude 2023 add up to the printed total (Energy Institute)",
        lambda d: total("volume_mt", year=2023, product="crude_oil", origin_iso3="RUS")(
            d[d["destination_iso3"] != "WLD"]
        ),
        240.7611,
        0.01,
    ),
    (
        "gas_flows",
        "Turkmenistan to China 2022, bcm (Energy Institute, 2023 workbook)",
        gas_to_china("TKM", 2022),
        32.89,
        0.05,
    ),
    (
        "gas_flows",
        "Power of Siberia 2023, bcm (Energy Institute)",
        gas_to_china("RUS", 2023),
        21.3,
        0.05,
    ),
    (
        "gas_flows",
        "Three states to China 2023: two sheets agree (Energy Institute)",
        gas_two_ways,
        0,
        0.05,
    ),
    (
        "gas_prices",
        "Russia's piped gas 2022, US$ bn (TASS; the months of China's customs add up to 3.981)",
        one("value_usd", BILLION, seller_iso3="RUS", kind="value", period_start="2022-01"),
        3.98,
        0.002,
    ),
    (
        "gas_prices",
        "Russia's piped gas 2022, US$ per 1,000 m³: 4 bn over 16 bcm (Reuters)",
        gas_price("RUS", "Reuters"),
        250,
        0.5,
    ),
    (
        "gas_prices",
        "Turkmenistan's piped gas 2022, US$ per 1,000 m³: 10.3 bn over 35 bcm (Reuters)",
        gas_price("TKM", "Reuters"),
        294.3,
        0.1,
    ),
    (
        "gas_prices",
        "By the tonne Turkmenistan's was dearer before the war, too (China's customs)",
        by_tonne,
        86,
        0.5,
    ),
    (
        "gas_prices",
        "No page of a day after the article is called public before it",
        lambda d: int((d["public_by_article"] & (d["page_date"].fillna("") > "2023-05-28")).sum()),
        0,
        0,
    ),
    # The seven countries before 2015, and their partners
    (
        "partner_trade",
        "China with the five 1992, US$ bn (about 0.46 in the Chinese press)",
        total("value_usd", BILLION, year=1992, iso3="CHN", partner_iso3=FIVE),
        0.46,
        0.02,
    ),
    (
        "partner_trade",
        "China with Russia 2014, US$ bn (GACC)",
        total("value_usd", BILLION, year=2014, iso3="CHN", partner_iso3="RUS"),
        95.28,
        1.5,
    ),
    (
        "partner_trade",
        "Kyrgyz imports from China 2009: the source changes (Kyrgyz statistics say 0.62)",
        one("value_usd", BILLION, year=2009, iso3="KGZ", partner_iso3="CHN", flow="import"),
        5.75,
        0.01,
    ),
    ("partner_trade", "No zero is left among former Soviet states before 1995", soviet_zeros, 0, 0),
    # The five with China and with Russia, by who reports
    (
        FIVE_TRADE,
        "China with Kazakhstan 2024, US$ bn (GACC in the press)",
        china_with("KAZ", 2024),
        43.82,
        0.1,
    ),
    (
        FIVE_TRADE,
        "China with Kyrgyzstan 2024, US$ bn (GACC in the press)",
        china_with("KGZ", 2024),
        22.71,
        0.02,
    ),
    (
        FIVE_TRADE,
        "China with Turkmenistan 2022, US$ bn (CCTV)",
        china_with("TKM", 2022),
        11.181,
        0.005,
    ),
    (
        FIVE_TRADE,
        "China with the five 2020, US$ bn (GACC, as printed at the time)",
        china_with_five(2020),
        38.6,
        0.1,
    ),
    (
        FIVE_TRADE,
        "China's exports to the five 2019, US$ bn (China Briefing)",
        china_with_five(2019, "export"),
        26.207,
        0.01,
    ),
    (
        FIVE_TRADE,
        "China with the five 2022, US$ bn (GACC in the press)",
        china_with_five(2022),
        70.2,
        0.3,
    ),
    (
        FIVE_TRADE,
        "China with the five 2022: five rows",
        count(power_iso3="CHN", line=IMTS, year=2022, flow="total"),
        5,
        0,
    ),
    (
        FIVE_TRADE,
        "Mirror gap of Kyrgyzstan 2022 (GACC over NSC)",
        gap("KGZ", 2022, KYRGYZ),
        3.8,
        0.06,
    ),
    (
        FIVE_TRADE,
        "Mirror gap of Kyrgyzstan 2010 (GACC over NSC)",
        gap("KGZ", 2010, KYRGYZ),
        6.2,
        0.06,
    ),
    (
        FIVE_TRADE,
        "Mirror gap of Kazakhstan 2022 (GACC over BNS)",
        gap("KAZ", 2022, KAZAKH),
        1.47,
        0.01,
    ),
    *(
        (
            FIVE_TRADE,
            f"Year when China passes Russia in {state}, by {who}",
            china_passes_russia(state, china_line, russia_line),
            year,
            0,
        )
        for state, who, china_line, russia_line, year in [
            ("KGZ", "the two partners' customs", IMTS, ROSSTAT, 2002),
            ("KGZ", "Kyrgyz statistics", KYRGYZ, KYRGYZ, 2016),
            ("KAZ", "the two partners' customs", IMTS, ROSSTAT, 2009),
            ("KAZ", "Kazakh statistics", KAZAKH, KAZAKH, 2023),
            ("UZB", "the two partners' customs", IMTS, ROSSTAT, 2013),
            ("UZB", "Uzbek statistics", UZBEK, UZBEK, 2015),
            ("TJK", "the two partners' customs", IMTS, ROSSTAT, 2008),
        ]
    ),
    (
        "mirror_reports",
        "Totals of 2024 with the five states add up to the printed 94.82 (GACC)",
        total(
            "value_usd",
            BILLION,
            period_start="2024-01",
            period_end="2024-12",
            reporter_iso3="CHN",
            flow="total",
            partner_iso3=FIVE,
        ),
        94.82,
        0.005,
    ),
    (
        "mirror_reports",
        "China with the five 2023: 61.4 exports and 28.0 imports (GACC 89.4)",
        total(
            "value_usd",
            BILLION,
            period_end="2023-12",
            reporter_iso3="CHN",
            partner_iso3="CA5",
            flow=["export", "import"],
        ),
        89.4,
        0.001,
    ),
    # Shares, world trade, prices
    (
        "partner_shares",
        "China's share of Russian imports 2023, per cent (CIA)",
        one("share_pct", year=2023, iso3="RUS", flow="import", partner_iso3="CHN"),
        53,
        0,
    ),
    (
        "partner_shares",
        "China's share of Russian exports 2014, per cent (CIA)",
        one("share_pct", year=2014, iso3="RUS", flow="export", partner_iso3="CHN"),
        7.5,
        0,
    ),
    (
        "world_trade",
        "China's exports 2019, US$ bn (World Bank WITS)",
        one("world_usd", BILLION, year=2019, iso3="CHN", flow="export"),
        2498.57,
        0.01,
    ),
    (
        "world_trade",
        "Kazakh exports 2019: the printed share of fuels is fuels over world (World Bank WITS)",
        lambda d: (
            100
            * only(d, "fuels_usd", year=2019, iso3="KAZ", flow="export")
            / only(d, "world_usd", year=2019, iso3="KAZ", flow="export")
            - only(d, "fuels_share_pct", year=2019, iso3="KAZ", flow="export")
        ),
        0,
        0.01,
    ),
    (
        "us_prices",
        "Annual average of 2024 (US Bureau of Labor Statistics)",
        one("cpi_index", year=2024),
        313.689,
        0.001,
    ),
    (
        "us_prices",
        "Annual average of 1992 (US Bureau of Labor Statistics)",
        one("cpi_index", year=1992),
        140.3,
        0.05,
    ),
]
