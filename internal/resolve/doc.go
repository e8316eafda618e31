// Package resolve says who is who: a pure function divides records into
// profiles by the identifiers they carry, class by class.
//
// Identifiers have classes, strongest first: A (customer number, login,
// national id), B (verified e-mail address, loyalty card), C (phone, social
// account, unverified e-mail address), D (device, cookie). Human decisions
// come before all of them. In each class a value joins all records that carry
// it, or none of them:
//
//   - none when it is generic: it would bridge more parts formed by stronger
//     classes than its cap, or is carried with more different values of
//     another kind than may belong to one person;
//   - none when it would join what must stay apart: two values of an exclusive
//     kind (one customer number per person), records that a person called
//     different, a locked profile, or more links than one profile may have.
//     That is a conflict, for a person to judge.
//
// Values are taken in an order that depends on nothing but themselves: by
// class, then by how many records carry them, then by a fixed hash. So the
// result does not depend on the order of arrival.
package resolve
