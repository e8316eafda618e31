// Package rights says which rights a person has over a datum: the rights of
// Art. 7(3), 13 to 18, 20 to 22 and 77 GDPR x the six bases of Art. 6(1), as the
// W3C Data Privacy Vocabulary maps them, refined by the facts of the datum. The
// mapping, the notes, the reasons in the languages of answers and the
// authorities to which a person can complain are a rule file; what the facts do
// is code. It is pure: the same facts give the same answers.
//
// The trap: a mark of the matrix is no answer. Erasure goes with consent in the
// matrix and still does not apply while another ground holds the datum; it does
// not go with a legal obligation and still applies once the hold is over.
package rights
