#pragma once

#include "admin/admin_api.hpp"
#include "program.hpp"

namespace rescuestream::cli {

/// Everything that the owner of a new key needs next: the value, what to type into encoders, where
/// to watch. The only place where this program shows a secret.
void show_created_key(const Program& program, const CreatedKey& created, Timestamp now);

}  // namespace rescuestream::cli
