#include "media/mediamtx/words.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace rescuestream;
using namespace rescuestream::mediamtx;

TEST_CASE("only connections of encoders can be kicked") {
    for (const auto kind :
         {ConnectionKind::kRtmp, ConnectionKind::kRtmps, ConnectionKind::kRtsp,
          ConnectionKind::kRtsps, ConnectionKind::kSrt, ConnectionKind::kWebRtc}) {
        CAPTURE(static_cast<int>(kind));
        CHECK_FALSE(word_of(kind).empty());
        CHECK(connection_kind_of(word_of(kind)) == kind);
        CHECK(protocol_of(word_of(kind)) == rescuestream::protocol_of(kind));
    }
    CHECK(connection_kind_of("webRTCSession") == ConnectionKind::kWebRtc);
    for (const std::string type :
         {"", "rtspSource", "rtmpSource", "hlsSource", "srtSource", "redirect", "rpiCameraSource",
          "moqSession", "rtmpconn", "webRTCSource"}) {
        CAPTURE(type);
        CHECK_FALSE(connection_kind_of(type).has_value());
    }
}

TEST_CASE("reader types of all releases give their protocol, and unknown types give none") {
    for (const auto& [type, protocol] : {std::pair{"hlsSession", Protocol::kHls},
                                         {"hlsMuxer", Protocol::kHls},
                                         {"webRTCSession", Protocol::kWebRtc},
                                         {"rtspSession", Protocol::kRtsp},
                                         {"rtspsSession", Protocol::kRtsp},
                                         {"rtmpConn", Protocol::kRtmp},
                                         {"srtConn", Protocol::kSrt},
                                         {"moqSession", Protocol::kMoq},
                                         {"carrierPigeon", Protocol::kUnknown},
                                         {"", Protocol::kUnknown}}) {
        CAPTURE(type);
        CHECK(protocol_of(type) == protocol);
    }
}

TEST_CASE("an unknown state is not taken for one of the three known ones") {
    CHECK(connection_state_of("idle") == ConnectionState::kIdle);
    CHECK(connection_state_of("publish") == ConnectionState::kPublishing);
    CHECK(connection_state_of("read") == ConnectionState::kReading);
    CHECK(connection_state_of("Publish") == ConnectionState::kUnknown);
    CHECK(connection_state_of("") == ConnectionState::kUnknown);
}
