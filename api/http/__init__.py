"""What every request and answer over HTTP has, whatever the route."""
