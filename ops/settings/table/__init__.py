"""All settings that can be changed while Spotizer runs, by the tab and the section that show them."""
