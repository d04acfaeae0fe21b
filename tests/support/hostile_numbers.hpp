#pragma once

#include <string>
#include <vector>

namespace rescuestream::testing {

/// JSON numbers of extreme length and exponent that are refused wherever a body is read. The first
/// ones made RapidJSON 1.1.0 read beyond its table of powers (CVE-2024-38517).
inline std::vector<std::string> refused_numbers() {
    const std::string zeros(20, '0');
    return {"0." + zeros + "1e-2147483639",
            "-0." + zeros + "1e-2147483639",
            "0." + zeros + "1e-2147483640",
            "0." + zeros + "1e-2147483647",
            "0." + zeros + "1e-2147483648",
            "0." + zeros + "1e-4294967296",
            "0." + zeros + "1e-99999999999999999999",
            "1e-99999",
            "1e-00001",
            "1e+00001",
            "1e99999",
            "1e9999",
            "-1E+9999",
            "100e307",
            "1e2147483647",
            "1e18446744073709551616",
            "1" + std::string(64, '0'),
            "-1" + std::string(63, '0'),
            "1" + std::string(400, '0'),
            "0." + std::string(63, '1'),
            "0." + std::string(50'000, '0') + "1",
            std::string(50'000, '9'),
            std::string(30'000, '9') + "." + std::string(30'000, '9')};
}

/// Extreme numbers that are accepted.
inline std::vector<std::string> extreme_numbers() {
    return {"0",
            "-0",
            "1e-9999",
            "-1e-9999",
            "5e-324",
            "1.7976931348623157e308",
            "2147483647",
            "2147483648",
            "-2147483649",
            "4294967295",
            "4294967296",
            "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775808",
            "18446744073709551615",
            "18446744073709551616",
            "1" + std::string(63, '0'),
            "0." + std::string(62, '0'),
            "0." + std::string(61, '0') + "1"};
}

}  // namespace rescuestream::testing
