"""What is odd in real certificates, each oddity with an id of its own.

An anomaly is no judgement: it names what differs from the standard's form and
was read all the same. The rules in :mod:`jwttool.checks.qwac` judge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One oddity: an id out of :data:`ANOMALIES`, and what was found. The message is safe to show."""

    id: str
    message: str


ANOMALIES: Final = {
    # the organizationIdentifier
    "identifier-missing": "the subject has no organizationIdentifier",
    "identifier-repeated": "the subject has several organizationIdentifiers; the first is read",
    "identifier-spaces": "there is white space before or after the organizationIdentifier or its number",
    "identifier-case": "scheme, country or authority stand in lower case",
    "identifier-separator": "another character, or none, stands where a hyphen belongs",
    "identifier-scheme": "the scheme is misspelt or unknown",
    "identifier-country": "the country is missing, or is none that this scheme has",
    "identifier-authority": "the authority is missing, or is not two to eight letters",
    "identifier-number": "the number is missing",
    "identifier-checksum": "the LEI is not twenty characters with a right checksum",
    "identifier-characters": "a character that is not printable ASCII: a control, or a look-alike",
    "identifier-grammar": "it has none of the forms of an organizationIdentifier",
    "identifier-length": "it is too long to be one",
    "identifier-obie": "it was given by Open Banking in the United Kingdom, which is no authority",
    "identifier-is-name": "the organizationIdentifier is the same as the organization's name",
    "subject-repeated": "the subject has C, O or CN several times; the first is read",
    "country-code": "the subject's country is not a code of two capital letters",
    "country-differs": "the subject's country and the organizationIdentifier's are different",
    # the QC statements
    "statements-critical": "the extension with the QC statements is marked as critical",
    "statements-bare": "one QC statement stands where a list of them belongs",
    "statements-damaged": "the QC statements cannot be read",
    "statements-empty": "the list of QC statements is empty",
    "statements-many": "there are more QC statements than anybody needs; the rest is not read",
    "statement-damaged": "a QC statement cannot be read",
    "statement-repeated": "a QC statement stands there more than once; the first is read",
    "statement-content": "QcCompliance or QcSSCD holds something, where nothing belongs",
    "statement-unknown": "a QC statement that is not registered here",
    "qc-type-several": "QcType names several types, where one belongs",
    "qc-type-unknown": "QcType names a type that is not registered here",
    "pds-missing": "a qualified certificate without QcPDS, the place of the CA's disclosure statement",
    "pds-form": "a disclosure statement is not an https URL with a language of two letters",
    "device-in-web": "QcSSCD stands in a certificate for the web, whose key is in no such device",
    "legislation": "QcCClegislation is there, which a certificate of the EU does not have",
    # the PSD2 statement
    "psd2-damaged": "the PSD2 statement cannot be read",
    "psd2-string-type": "a text is not a UTF8String",
    "psd2-text-length": "a text is empty or has more than 256 characters",
    "roles-empty": "the list of roles is empty",
    "roles-flattened": "several roles stand in one RoleOfPSP, as in an old UK profile",
    "roles-many": "there are more roles than anybody needs; the rest is not read",
    "roles-unspecified": "the role Unspecified stands beside other roles",
    "roles-without-authority": "PSP_PA, which has no authority, stands beside other roles",
    "role-damaged": "a role lacks its OID or its name",
    "role-unknown": "a role's OID is not registered here",
    "role-name": "a role's name is not spelled as the standard has it",
    "role-mismatch": "a role's name is that of another role",
    "nca-name": "the authority's name is not plain Latin text",
    "nca-name-spaces": "there is white space before or after the authority's name",
    "nca-name-other": "the authority's name is that of another authority than nCAId's",
    "nca-id-country": "nCAId lacks the country or the authority",
    "nca-id-separator": "nCAId has another character, or none, where a hyphen belongs",
    "nca-id-form": "nCAId has none of the forms of an authority's identifier",
    "nca-id-misspelt": "nCAId is a known misspelling of another authority's identifier",
    "nca-differs": "the organizationIdentifier and nCAId name different authorities",
    # the rest of the certificate
    "critical-unknown": "a critical extension that TLS servers do not know",
    "ca-usage": "an end entity's key usage has keyCertSign or cRLSign, which are a CA's",
    "client-auth-missing": "the extended key usages lack clientAuth",
    "signature-pss": "the certificate is signed with RSASSA-PSS, which some banks refuse",
}
"""Every id and what it means, for the docs."""
