"""What worker processes do: plain values in → bytes and facts; each file is one room of the studio."""
