"""The names of what eIDAS certificates hold as numbers: statements, types, policies."""

from __future__ import annotations

from typing import Final

STATEMENTS: Final = {
    "0.4.0.1862.1.1": "QcCompliance",
    "0.4.0.1862.1.2": "QcLimitValue",
    "0.4.0.1862.1.3": "QcRetentionPeriod",
    "0.4.0.1862.1.4": "QcSSCD",
    "0.4.0.1862.1.5": "QcPDS",
    "0.4.0.1862.1.6": "QcType",
    "0.4.0.1862.1.7": "QcCClegislation",
    "0.4.0.1862.1.8": "QcIdentMethod",
    "0.4.0.1862.1.9": "QcQSCDlegislation",
    "0.4.0.19495.2": "PSD2",
    "1.3.6.1.5.5.7.11.1": "pkixQCSyntax-v1",
    "1.3.6.1.5.5.7.11.2": "pkixQCSyntax-v2",
}
"""ETSI EN 319 412-5 section 4, ETSI TS 119 495 section 5.1, RFC 3739 section 3.2.6."""

QC_TYPES: Final = {
    "0.4.0.1862.1.6.1": "esign",
    "0.4.0.1862.1.6.2": "eseal",
    "0.4.0.1862.1.6.3": "web",
}
"""ETSI EN 319 412-5 section 4.2.3."""

SEMANTICS: Final = {
    "0.4.0.194121.1.1": "natural person",
    "0.4.0.194121.1.2": "legal person",
    "0.4.0.194121.1.3": "natural person, eIDAS",
    "0.4.0.194121.1.4": "legal person, eIDAS",
}
"""ETSI EN 319 412-1 section 5.1.2."""

PSD2_POLICY: Final = "0.4.0.19495.3.1"
POLICIES: Final = {
    "0.4.0.194112.1.0": "QCP-n",
    "0.4.0.194112.1.1": "QCP-l",
    "0.4.0.194112.1.2": "QCP-n-qscd",
    "0.4.0.194112.1.3": "QCP-l-qscd",
    "0.4.0.194112.1.4": "QEVCP-w",
    "0.4.0.194112.1.5": "QNCP-w",
    "0.4.0.194112.1.6": "QNCP-w-gen",
    PSD2_POLICY: "QCP-w-psd2",
    "2.5.29.32.0": "anyPolicy",
    "2.23.140.1.1": "EV (CA/Browser Forum)",
    "2.23.140.1.2.1": "DV (CA/Browser Forum)",
    "2.23.140.1.2.2": "OV (CA/Browser Forum)",
    "2.23.140.1.2.3": "IV (CA/Browser Forum)",
}
"""ETSI EN 319 411-2 section 5.3, ETSI TS 119 495 section 6.1, CA/Browser Forum Baseline Requirements."""

WEB_POLICIES: Final = frozenset({"0.4.0.194112.1.4", "0.4.0.194112.1.5", "0.4.0.194112.1.6"})
"""Those of a certificate for website authentication, which QCP-w-psd2 augments."""
