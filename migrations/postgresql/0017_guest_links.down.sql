DROP TABLE rescuestream.guest_entries;
DROP TABLE rescuestream.guest_links;
