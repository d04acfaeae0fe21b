#pragma once

#include "settings/settings.hpp"
