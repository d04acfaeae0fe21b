-- Incidents are found by their name or reference, and guest links by their label, without a search through all of them. The
-- open ones are listed and counted without the history.
CREATE INDEX incidents_open ON incidents (created_at DESC, id DESC) WHERE closed_at IS NULL;
CREATE INDEX incidents_of_name ON incidents (name, created_at DESC, id DESC);
CREATE INDEX incidents_of_reference ON incidents (reference, created_at DESC, id DESC);
CREATE INDEX guest_links_open ON guest_links (expires_at) WHERE closed_at IS NULL;
CREATE INDEX guest_links_of_label ON guest_links (label, created_at DESC, id DESC);
