"""The course's register of claims, as a first table to read."""


def claims_in_short(claims):
    """The claims of the article, in short.

    Take the register of claims. Name each row by the claim's id. Of some twenty columns keep three:
    the paragraph it is from, its type, and a label of a few words.
    """
    columns = {"paragraph": "paragraph", "claim_type": "type", "short_label": "in short"}
    table = claims.set_index("claim_id").rename_axis("claim")
    return table[[*columns]].rename(columns=columns)
