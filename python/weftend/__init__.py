"""Private-by-construction telemetry for developer tools and CI."""
