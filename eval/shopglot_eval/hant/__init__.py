"""How well, how safely and how fast Simplified Chinese is converted for Hong Kong, Macau and Taiwan."""
