"""What scripts/bench runs: perfd beside its peers, in turn, on loopback. Standard library only."""
