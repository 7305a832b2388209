"""A world to try things in: the authority that signs a demonstration's CSRs, and certificates for tests."""
