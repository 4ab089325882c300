"""Who is asked: frames, sizes, allocations, chance and draws."""
