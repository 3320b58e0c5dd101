"""How far two readers agree, and how much of it chance would give."""

import pandas as pd

from no_limits.views.argument import ten_claims_typed


def readers_compared(classmate_letters, claims):
    """How far a classmate and a lazy reader agree with the register on types of claims.

    Take the ten claims of exercise 01 with the register's types and those of a classmate, who is
    invented. The lazy reader calls every claim an interpretation. Count the lazy reader's agreement
    on the ten claims and on all claims. For the agreement by chance, multiply the two readers'
    shares of each type and add up the products. Cohen's kappa divides the agreement above chance by
    the largest agreement above chance that is possible.
    """
    ten = ten_claims_typed(classmate_letters, claims)
    types = claims["claim_type"]
    rows = {
        "classmate, on the ten claims": (ten["register"], ten["classmate"]),
        "lazy reader, on the ten claims": (ten["register"], _always("I", ten)),
        "lazy reader, on all claims": (types, _always("interpretation", claims)),
    }
    table = pd.DataFrame({who: _agreement(*pair) for who, pair in rows.items()}).T
    table = table.round({"per cent": 1, "per cent by chance": 1, "kappa": 2})
    return table.rename_axis("reader").rename_axis(columns="agreement with the register")


def _always(word: str, rows: pd.DataFrame) -> pd.Series:
    return pd.Series(word, index=rows.index)


def _agreement(first: pd.Series, second: pd.Series) -> dict[str, float]:
    """Return agreement and chance in per cent, and Cohen's kappa, of two codings in one order.

    Source: J. Cohen, Educational and Psychological Measurement 20 (1960). Two readers who always
    say the same one word leave nothing to chance, and have no kappa.
    """
    same = (first == second).mean()
    shares = [coding.value_counts(normalize=True) for coding in (first, second)]
    chance = shares[0].mul(shares[1], fill_value=0).sum()
    kappa = (same - chance) / (1 - chance) if chance < 1 else float("nan")
    return {"per cent": same * 100, "per cent by chance": chance * 100, "kappa": kappa}


def second_reading_agreement(second_reading):
    """How far two readings of thirty claims agree: two readings by the course's makers.

    Take thirty claims that were drawn at random, with a seed. The register's verdict is the first
    reading. The second reading was made only from the article, the tables and the evidence, without
    having seen the first. Compare both in the register's seven words, and in your four (claims that
    were not checked count as a word of their own). Kappa divides the agreement above chance by the
    largest agreement above chance that is possible. Its interval is Cohen's, for 95 of 100 samples.
    Two strangers might agree less than two makers do.
    """
    pair = second_reading[["first", "second"]]
    four = {"accurate": "holds", "accurate with caveat": "holds, but", "imprecise": "holds, but"}
    four |= {"misleading": "does not hold", "wrong": "does not hold"}
    four |= {"not checkable": "cannot be known", "opinion": "cannot be known"}
    in_four = pair.replace(four)
    table = pd.DataFrame({"in the register's words": _two_readings(pair)})
    table["in your four words"] = _two_readings(in_four)
    return table.rename_axis("thirty claims, two readings")


def _two_readings(pair: pd.DataFrame) -> pd.Series:
    """Return agreement, chance and kappa with its interval, of the columns first and second."""
    found = _agreement(pair["first"], pair["second"])
    same, kappa = pair["first"] == pair["second"], found["kappa"]
    error = 1.96 * same.std(ddof=0) / len(pair) ** 0.5 / (1 - found["per cent by chance"] / 100)
    told = {"claims": len(pair), "the same": same.sum(), **found}
    told |= {"kappa, at least": kappa - error, "kappa, at most": min(1, kappa + error)}
    return pd.Series(told, dtype=float).round(2)
