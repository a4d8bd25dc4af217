"""Files of other engines and drawing tools: opened, translated where safe, and reported on."""
