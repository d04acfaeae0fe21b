# Embeds migrations/<dialect>/NNNN_name.{up,down}.sql into a target as C++ string literals.
function(rescuestream_embed_migrations target)
endfunction()
