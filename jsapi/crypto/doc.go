// Package crypto is the Go half of the API group "crypto": the Web Cryptography API Level 2
// (https://w3c.github.io/webcrypto/), Secure Curves (Ed448 and X448,
// https://wicg.github.io/webcrypto-secure-curves/) and Modern Algorithms
// (https://wicg.github.io/webcrypto-modern-algos/): ML-KEM, ML-DSA, SHA-3, cSHAKE, KMAC, ChaCha20-Poly1305, AES-OCB,
// Argon2, encapsulation, SubtleCrypto.supports and getPublicKey. SubtleCrypto.timingSafeEqual is none of theirs.
//
// The script half does what needs JavaScript values: it converts arguments, normalizes algorithms after the dictionaries
// that [describe] names, and makes promises and CryptoKey objects. Everything else is here: which algorithm has
// which operations, usages and formats, the checks in the order of the specification, and the cryptography.
//
// A key is a few bytes in the context's heap, out of scripts' reach (see key), which every operation brings along. So a
// context that holds keys stays plain data.
//
// Left out: SLH-DSA, TurboSHAKE and KangarooTwelve; RSA keys of fewer than 1,024 bits, which the library refuses as insecure,
// of more than 8,192, of more than two primes, and private ones without their primes; private keys of ML-DSA and ML-KEM
// without their seeds. What a call may take is bounded: see maxOutput, maxGenerated, maxPBKDF2Rounds and maxArgon2Work.
// Ed448 signatures are verified with the cofactor, where the specification leaves it out.
package crypto
