// Package tcf decodes the consent strings of IAB Europe's Transparency and
// Consent Framework, version 2 (GDPR-Transparency-and-Consent-Framework, TCFv2,
// "Consent string and vendor list formats v2"): core, disclosed vendors and
// publisher TC. It is pure: findings are asked for at a time.
//
// The traps: a bit of legitimate interest that is 0 says "not established" or
// "objected", and no one can tell which; a string under policies before version
// 4 is invalid after 30 September 2023, the specification's own sample among
// them; which features a vendor uses (1 matches data of other sources, 2 links
// devices) stands in the vendor list, not in the string, so that a person can
// not say no to them alone.
package tcf
