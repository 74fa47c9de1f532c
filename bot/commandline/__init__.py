"""The commands of `bridgepkg`, one file for each family; `bot.cli` puts them together."""
