"""The invented artists: first the anchors that tests rely on, in an order that never changes, then the rest."""

from __future__ import annotations

from typing import NamedTuple


class Cast(NamedTuple):
    name: str
    country: str = "NO"
    genre: str = "Pop"
    language: str = "en"
    kind: str = "Group"
    sort_name: str = ""


# Append only: a Deezer id is a place in this list.
ANCHORS = (
    Cast("Vera Holm", "NO", "Dream Pop", "en", "Person", "Holm, Vera"),
    Cast("Ida Berg", "NO", "Folk", "no", "Person", "Berg, Ida"),
    Cast("Short Circuit Trio", "GB", "Electronic"),
    Cast("Northern Line", "GB", "Indie Rock"),
    Cast("Kaito Mori", "JP", "House", "ja", "Person", "Mori, Kaito"),
    Cast("MC Fjord", "NO", "Hip Hop", "en", "Person"),
    Cast("The Paper Lanterns", "US", "Classic Rock", sort_name="Paper Lanterns, The"),
    Cast("東京灯台", "JP", "City Pop", "ja", sort_name="Tokyo Todai"),
    Cast("Полярная Почта", "RU", "Post-Punk", "ru", sort_name="Polyarnaya Pochta"),
    Cast("서울의 밤", "KR", "K-Pop", "ko", sort_name="Seoului Bam"),
    Cast("مسار النور", "EG", "Arabic Pop", "ar", sort_name="Masar al-Nour"),
    Cast("אור הצפון", "IL", "Folk", "he", sort_name="Or HaTzafon"),
    Cast("✨ Glitter & Doom ✨", "SE", "Synthpop", sort_name="Glitter & Doom"),
    Cast("The Footnotes", "IE", "Indie Pop", sort_name="Footnotes, The"),
    Cast("AB/CD", "AU", "Hard Rock"),
    Cast("..", "DE", "Noise", "de"),
    Cast("CON", "NL", "Techno"),
    Cast("What's Left...", "US", "Emo"),
    Cast("Lost & Unfound", "CA", "Ambient"),
    Cast("Bad Weather Club", "GB", "Punk"),
    Cast("Sólveig Ýr", "IS", "Art Pop", "is", "Person", "Sólveig Ýr"),
    Cast("Orquesta Río Lento", "ES", "Latin", "es"),
    Cast("Straßenlärm", "DE", "Krautrock", "de"),
    Cast("Été Indien Électrique", "FR", "Electropop", "fr"),
)
REST = (
    Cast("Hollow Orchard", "US", "Folk Rock"),
    Cast("Mina Solberg", "NO", "Pop", "no", "Person", "Solberg, Mina"),
    Cast("Granite Choir", "CA", "Post-Rock"),
    Cast("Velvet Abacus", "GB", "Art Rock"),
    Cast("DJ Kumulus", "DE", "Trance", "de", "Person"),
    Cast("Ansel & Rue", "US", "Country"),
    Cast("北方电台", "CN", "Indie Rock", "zh", sort_name="Beifang Diantai"),
    Cast("Μικρή Άρκτος Πόλη", "GR", "Folk", "el", sort_name="Mikri Arktos Poli"),
    Cast("नीली रात", "IN", "Fusion", "hi", sort_name="Neeli Raat"),
    Cast("แสงเหนือ", "TH", "Pop", "th", sort_name="Saeng Nuea"),
    Cast("Tomás Quintero", "MX", "Bolero", "es", "Person", "Quintero, Tomás"),
    Cast("Saltwater Parade", "AU", "Surf Rock"),
    Cast("Odd Numbers", "SE", "Jazz"),
    Cast("Lena Fährmann", "DE", "Singer-Songwriter", "de", "Person", "Fährmann, Lena"),
    Cast("Copper Telegraph", "US", "Blues"),
    Cast("Maison Lointaine", "FR", "Chanson", "fr"),
    Cast("Static Bloom", "US", "Shoegaze"),
    Cast("The Night Bus", "GB", "Trip Hop", sort_name="Night Bus, The"),
    Cast("Eira Wyn", "GB", "Folk", "en", "Person", "Wyn, Eira"),
    Cast("Concrete Garden", "DK", "Ambient"),
    Cast("Oslo String Machine", "NO", "Classical"),
    Cast("Juno Vale", "US", "R&B", "en", "Person", "Vale, Juno"),
    Cast("Bright Machinery", "JP", "Electronic"),
    Cast("Foxglove Radio", "GB", "Indie Pop"),
    Cast("Kari Nordgård", "NO", "Jazz", "no", "Person", "Nordgård, Kari"),
    Cast("Slow Comet", "CA", "Dream Pop"),
    Cast("Pale Cartographer", "US", "Post-Rock"),
    Cast("Amina Diallo", "SN", "Afrobeat", "fr", "Person", "Diallo, Amina"),
    Cast("Tin Roof Gospel", "US", "Soul"),
    Cast("Ulv & Måne", "NO", "Black Metal", "no"),
    Cast("Harbour Kids", "NZ", "Indie Rock"),
    Cast("Second Language", "BE", "Electronic", "fr"),
)
