"""slskd, a client of the Soulseek network that runs beside Spotizer and has an HTTP API."""
