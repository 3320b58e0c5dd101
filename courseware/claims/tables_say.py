"""What a chapter's own tables say to a claim: a sentence of ``words/NN.yaml``, with its figures."""

from courseware import CourseError, data, words
from courseware.claims.register import Claim
from courseware.words import templating


def tables_say(claim: Claim) -> str:
    """Return what the tables of a claim's chapter say to it; empty where nothing is written.

    No sentence is better than a wrong one: it is left out, too, where its tables have changed so
    that its condition does not hold.
    """
    written = words.verdict(claim.chapter, claim.claim_id)
    if written is None:
        return ""
    try:
        return filled(written)
    except CourseError:
        return ""


def filled(written: dict) -> str:
    """Return what is written under ``verdicts``, with its figures.

    Raises:
        CourseError: a table is not there, a figure is missing, or the condition does not hold.

    """
    values = {name: data.load(table) for name, table in written["tables"].items()}
    for name, expression in written.get("numbers", {}).items():
        values[name] = templating.worked_out(expression, values)
    if "holds" in written and not templating.holds(written["holds"], values):
        raise templating.UnfitWordsError(f"this condition is not true: {written['holds']}")
    return templating.fill(written["says"], values)
