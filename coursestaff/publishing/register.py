"""The register: every claim of the article with its chapter, summary and type."""

from coursestaff.publishing import markdown
from courseware import article, claims, data
from courseware.claims.tables_say import tables_say
from courseware.verdicts import CAVEATS


def pages(chapters: dict[str, str]) -> dict[str, str]:
    """Return the register, whole even where chapters are left out.

    ``chapters`` gives the title of a chapter by its number.
    """
    known = list(claims.register().values())
    parts = [
        "# Claims",
        f"The course has taken the article apart into {len(known)} claims. Each belongs to one "
        "chapter; those marked *core* are tried in the room. Judge first: the course's verdict, "
        f"as of {article.day_in_words()}, opens when you ask for it. What came later stands apart "
        f"({article.horizon()}).",
        _second_reading(),
    ]
    for number in sorted({claim.chapter for claim in known}):
        title = chapters.get(number, "left out here")
        parts.append(f"## Chapter {number}: {markdown.plain(title)}")
        parts.append(_listed([claim for claim in known if claim.chapter == number]))
    return {"claims.md": "\n\n".join(parts)}


def _second_reading() -> str:
    """Say how far a second reader agreed who had not seen the verdicts."""
    found = data.load("second_reading_agreement")["in your four words"]
    return (
        "How far would another reader agree? Thirty claims, two readings by the course's makers: "
        f"in the four words that a student uses they agree on {found['the same']:.0f} of "
        f"{found['claims']:.0f}. Cohen's kappa, which takes out what chance would give, is "
        f"{found['kappa']:.2f} (from {found['kappa, at least']:.2f} to "
        f"{found['kappa, at most']:.2f}; 1 is full agreement). The table `second_reading` has both."
    )


def _listed(chosen: list[claims.Claim]) -> str:
    head = ["```````{list-table}", ":header-rows: 1", ":stub-columns: 1", ":class: register"]
    head += [":widths: 8 72 20", "", "* - claim", "  - what it says", "  - type"]
    return "\n".join([*head, *map(_row, chosen), "```````"])


def _row(claim: claims.Claim) -> str:
    where = f"{claim.paragraph}, core" if claim.core else claim.paragraph
    verdict = markdown.fold("The course's verdict", _verdict(claim))
    says = f"{markdown.plain(claim.summary)} ({where})\n\n{verdict}".replace("\n", "\n    ")
    return "\n".join(
        [
            f"* - [{claim.claim_id}]{{#{claim.claim_id}}}",
            f"  - {says}",
            f"  - {claim.claim_type}",
        ]
    )


def _verdict(claim: claims.Claim) -> str:
    lines = {
        "Verdict": f"{claim.judged}: {claim.meaning}",
        "What the caveat is about": "; ".join(f"{k} ({CAVEATS[k]})" for k in claim.but),
        "Why": claim.verdict_reason,
        "What this chapter's tables say": tables_say(claim),
        "Evidence grade": claim.graded,
        "Strongest dissent": claim.dissent,
        f"Since {article.day_in_words()}": claim.what_came,
    }
    return "\n\n".join(
        f"**{name}:** {markdown.plain(said)}" for name, said in lines.items() if said
    )
