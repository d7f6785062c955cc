// An assembly file lets a package declare functions without bodies: argon2Key.
