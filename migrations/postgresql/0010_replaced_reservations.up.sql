-- A claim that replaces the claim of a connection which does not publish yet cuts that connection off: MediaMTX asks
-- once, so it could begin whenever it wants, also after the key has lost its right. This is rules::cutoff_of_replaced.
-- Every claim writes previous_connection; other statements write it when the same must follow.

CREATE FUNCTION rescuestream.cut_off_replaced() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN INSERT INTO rescuestream.cutoffs '
    '(stream_key_id, connection_id, node, protocol, reason, decided_by, requested_at, digest) VALUES '
    '(OLD.id, OLD.owner_connection, OLD.owner_node, OLD.owner_protocol, '
    'CASE WHEN NOT NEW.owner_live THEN ''taken_over'' ELSE ''never_started'' END, '
    'CASE WHEN NOT NEW.owner_live THEN ''auth'' ELSE ''reconciler'' END, '
    'CASE WHEN NOT NEW.owner_live THEN NEW.claimed_at ELSE OLD.claimed_at END, '
    'CASE WHEN OLD.owner_by_previous THEN coalesce(OLD.previous_digest, OLD.digest) ELSE OLD.digest END) '
    'ON CONFLICT (stream_key_id, connection_id) DO NOTHING; RETURN NULL; END';
CREATE TRIGGER stream_keys_cut_off_replaced AFTER UPDATE OF previous_connection ON rescuestream.stream_keys
    FOR EACH ROW WHEN (NOT OLD.owner_live AND OLD.owner_connection IS DISTINCT FROM NEW.owner_connection)
    EXECUTE FUNCTION rescuestream.cut_off_replaced();
