// ALSA's library writes what it has to say on standard error, past every log. Reentrant.
#pragma once

namespace vitrine {

/// Has it go to our log, as debug messages. Does nothing where there is no ALSA.
void route_alsa_messages();

}  // namespace vitrine
