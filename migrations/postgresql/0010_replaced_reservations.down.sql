DROP TRIGGER stream_keys_cut_off_replaced ON rescuestream.stream_keys;
DROP FUNCTION rescuestream.cut_off_replaced();
