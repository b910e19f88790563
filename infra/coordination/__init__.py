"""What the gateway's requests, and its replicas, have to agree on: whose turn it is, and values that all may read."""
