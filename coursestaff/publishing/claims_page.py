"""The register: every claim of the article with its chapter, summary and type."""

from collections import Counter
from html import escape

import pandas as pd

from coursestaff.publishing import markdown
from courseware import article, claims, data, palette, views
from courseware.claims.tables_say import tables_say
from courseware.explorers.argument_map.argument_map import LOOKS
from courseware.verdicts import CAVEATS

SECOND_READING = "second_reading_agreement"  #: an article need not have one


def pages(chapters: dict[str, str]) -> dict[str, str]:
    """Return the register, whole even where chapters are left out.

    ``chapters`` gives the title of a chapter by its number.
    """
    known = list(claims.register().values())
    parts = [
        "# Claims",
        f"{article.cited()}, is about {article.facts()['about']}. "
        f"This course divides it into {len(known)} claims. "
        "Choose one and judge it yourself. Then open the course's verdict, which uses only what "
        f"could be known on that day. Later events are described separately ({article.horizon()}). "
        "Each claim belongs to one chapter. A class judges the claims marked “core” together.",
        finder(known),
    ]
    for number in sorted({claim.chapter for claim in known}):
        title = chapters.get(number, "left out here")
        parts.append(f"## Chapter {number}: {markdown.plain(title)}")
        parts.append(_listed([claim for claim in known if claim.chapter == number]))
    if views.is_view(SECOND_READING):
        parts += ["## How far would another reader agree?", _second_reading()]
    return {"claims.md": "\n\n".join(parts)}


def finder(known: list[claims.Claim]) -> str:
    """Return what finds claims: words, a chapter and, folded since it tells them, verdicts.

    The boxes wait for ``claims.js``; the squares, each a link to its claim, need no script.
    """
    numbers = sorted({claim.chapter for claim in known})
    chapters = "".join(f'<option value="{number}">{number}</option>' for number in numbers)
    counts = Counter(claim.judged for claim in known)
    looks = {claim.judged: _look(claim) for claim in known}
    verdicts = "".join(
        f'<label><input type="radio" name="verdict" value="{word}"><span class="square" '
        f'aria-hidden="true" {looks[word]}</span> {word} ({count})</label>'
        for word, count in counts.most_common()
    )
    squares = "".join(
        f'<div role="group" aria-label="Chapter {number}"><b>{number}</b>'
        + "".join(_square(claim) for claim in known if claim.chapter == number)
        + "</div>"
        for number in numbers
    )
    return f"""````{{raw}} html
<form class="finder" autocomplete="off">
<p class="boxes" hidden>
<label>Words in a claim <input type="search" name="words"></label>
<label>Chapter <select name="chapter"><option value="">all</option>{chapters}</select></label>
<button type="reset">Show all</button> <b role="status"></b></p>
<details><summary>All verdicts at a glance (they give the answers away, so judge first)</summary>
<fieldset hidden><legend>Show the claims with this verdict</legend>
<label><input type="radio" name="verdict" value="" checked>all</label>{verdicts}</fieldset>
<div class="squares">{squares}</div></details>
</form>
<script src="_static/claims.js" defer></script>
````"""


def _look(claim: claims.Claim) -> str:
    """Return how a claim's verdict looks: the rest of a tag, and the letter that stands for it."""
    hue, _, letter = LOOKS[claim.verdict]
    return f'style="background:{hue};color:{palette.ink_on(hue)}">{letter or "X"}'


def _square(claim: claims.Claim) -> str:
    """Return the square of a claim, which leads to it."""
    told = escape(f"{claim.claim_id} · {claim.short_label}: {claim.judged}")
    return (
        f'<a class="square" href="#{claim.claim_id.lower()}" data-chapter="{claim.chapter}" '
        f'data-verdict="{claim.judged}" title="{told}" aria-label="{told}" {_look(claim)}</a>'
    )


def _second_reading() -> str:
    """Say how far a second reader agreed who had not seen the verdicts."""
    found = data.load(SECOND_READING)
    words, four = found["in the register's words"], found["in your four words"]
    return (
        f"A second reader judged {words['claims']:.0f} claims again, without having seen the first "
        "verdicts. If we compare the verdicts of the claims register, the two readings agree on "
        f"{words['the same']:.0f} of these claims (kappa {_kappa(words)}). If we compare only the "
        f"four verdicts that students use, the readings agree on {four['the same']:.0f} claims "
        f"(kappa {_kappa(four)}). Two readers would sometimes agree by chance alone, and Cohen's "
        "kappa allows for this. A kappa of 0 means no more agreement than chance would produce, "
        "and a kappa of 1 means full agreement. The table `second_reading` lists both readings."
    )


def _kappa(found: pd.Series) -> str:
    least, most = found["kappa, at least"], found["kappa, at most"]
    return f"{found['kappa']:.2f} (from {least:.2f} to {most:.2f})"


def _listed(chosen: list[claims.Claim]) -> str:
    head = ["```````{list-table}", ":header-rows: 1", ":stub-columns: 1", ":class: register"]
    head += [":widths: 8 72 20", "", "* - claim", "  - what the claim says", "  - type"]
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
        "Why": claim.why,
        "The whole reason": claim.verdict_reason * bool(claim.verdict_in_short),
        "What this chapter's tables say": tables_say(claim),
        "Evidence grade": claim.graded,
        "Strongest dissent": claim.dissent,
        f"Since {article.day_in_words()}": claim.what_came,
    }
    return "\n\n".join(
        f"**{name}:** {markdown.plain(said)}" for name, said in lines.items() if said
    )
