"""The evidence weigher: from a prior to a posterior, one piece of evidence at a time."""

from no_limits.explorers.evidence_weigher.evidence_weigher import EvidenceWeigher, WeigherState

__all__ = ["EvidenceWeigher", "WeigherState"]
