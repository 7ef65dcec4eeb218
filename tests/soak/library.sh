#!/bin/bash
# Makes, uses and destroys players and renderers of libvitrine many times over, with and without sound,
# and watches the process meanwhile: nothing may grow.
# Usage: library.sh PROGRAM GL_OBJECTS CLIPS ROUNDS
set -u
# shellcheck source-path=SCRIPTDIR source=watch.sh
. "$(dirname "$0")/watch.sh"

export SDL_AUDIODRIVER=dummy
watched library "$2" "$1" "$4" "$3/second.mp4" "$3/sound.mp4"
exit $failed
