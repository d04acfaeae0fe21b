#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "migrations/place.hpp"
#include "storage/migrations.hpp"

using namespace rescuestream;
using rescuestream::testing::dialect;

namespace {

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("the embedded migrations are identical to the files in migrations/") {
    const std::filesystem::path directory =
        std::filesystem::path(RESCUESTREAM_MIGRATIONS) / dialect();
    std::set<std::string> on_disk;
    for (const auto& file : std::filesystem::directory_iterator(directory)) {
        on_disk.insert(file.path().filename());
    }
    std::set<std::string> embedded;
    for (const auto& file : embedded_migration_files()) {
        if (file.dialect != dialect()) continue;
        embedded.insert(std::string(file.name));
        CHECK(file.text == read_file(directory / file.name));
    }
    CHECK(embedded == on_disk);
    CHECK_FALSE(embedded.empty());
}

TEST_CASE("both dialects have the same migrations") {
    const auto& postgres = postgres_migrations();
    const auto& sqlite = sqlite_migrations();
    REQUIRE(postgres.size() == sqlite.size());
    for (std::size_t i = 0; i < postgres.size(); ++i) {
        CHECK(postgres[i].version == static_cast<int>(i) + 1);
        CHECK(sqlite[i].version == postgres[i].version);
        CHECK(sqlite[i].name == postgres[i].name);
    }
}

TEST_CASE("a gap, a missing down migration and an unexpected file name are reported as defects") {
    using Files = std::vector<EmbeddedMigrationFile>;
    CHECK(parse_migrations(Files{{"x", "0001_a.down.sql", "d"}, {"x", "0001_a.up.sql", "u"}}, "x")
              .size() == 1);
    for (const Files& files :
         {Files{{"x", "0002_a.down.sql", "d"}, {"x", "0002_a.up.sql", "u"}},
          Files{{"x", "0001_a.up.sql", "u"}}, Files{{"x", "0001_a.down.sql", "d"}},
          Files{{"x", "0001_a.down.sql", "d"}, {"x", "0001_b.up.sql", "u"}},
          Files{{"x", "1_a.up.sql", "u"}}, Files{{"x", "0001_a.sql", "u"}},
          Files{{"x", "first.up.sql", "u"}}}) {
        CHECK_THROWS_AS(parse_migrations(files, "x"), std::logic_error);
    }
}
