"""How far two readers agree, and how much of it chance would give."""

import pandas as pd

from courseware.views.argument import ten_claims_typed


def readers_compared(claims):
    """How far a classmate and a lazy reader agree with the register on types of claims.

    Take the ten claims of exercise 01 with the register's type and a classmate's, who is invented.
    The lazy reader calls every claim an interpretation; count that on the ten and on all claims.
    By chance, two readers who draw blindly would agree as often as their shares of each type,
    multiplied and added up. Cohen's kappa is what lies above chance, as a part of what could.
    """
    ten = ten_claims_typed(claims)
    types = claims["claim_type"]
    rows = {
        "classmate, on the ten claims": (ten["register"], ten["classmate"]),
        "lazy reader, on the ten claims": (ten["register"], _always("I", ten)),
        "lazy reader, on all claims": (types, _always("interpretation", claims)),
    }
    table = pd.DataFrame({who: _agreement(*pair) for who, pair in rows.items()}).T
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
    told = {"per cent": round(same * 100, 1), "per cent by chance": round(chance * 100, 1)}
    return {**told, "kappa": round(kappa, 2)}
