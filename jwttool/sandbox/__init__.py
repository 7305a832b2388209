"""A world to try things in: for now the authority that signs a demonstration's CSRs."""
