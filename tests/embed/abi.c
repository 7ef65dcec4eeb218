/* The interface of libvitrine as abidw sees it: a variable of the type of each function of the
 * header, and one of each enum that none of them takes. The library itself has all of the engine in
 * its debugging information, which is much to read, and not there in every build. */
#include <vitrine/vitrine.h>

#define FUNCTION(name) __typeof__(name)* const abi_of_##name = name

vitrine_error abi_of_error;
vitrine_seek abi_of_seek;
vitrine_memory abi_of_memory;

FUNCTION(vitrine_player_create);
FUNCTION(vitrine_player_open);
FUNCTION(vitrine_renderer_create);
FUNCTION(vitrine_renderer_update);
FUNCTION(vitrine_renderer_borrow);
FUNCTION(vitrine_renderer_draw);
FUNCTION(vitrine_renderer_give_back);
FUNCTION(vitrine_renderer_presented);
FUNCTION(vitrine_renderer_destroy);
FUNCTION(vitrine_player_destroy);
FUNCTION(vitrine_error_text);
FUNCTION(vitrine_api_version);
FUNCTION(vitrine_error_code);
FUNCTION(vitrine_set_log);
FUNCTION(vitrine_player_queue);
FUNCTION(vitrine_player_stop);
FUNCTION(vitrine_player_next);
FUNCTION(vitrine_player_play);
FUNCTION(vitrine_player_pause);
FUNCTION(vitrine_player_seek);
FUNCTION(vitrine_player_step);
FUNCTION(vitrine_player_get_integer);
FUNCTION(vitrine_player_get_number);
FUNCTION(vitrine_player_get_text);
FUNCTION(vitrine_player_set_integer);
FUNCTION(vitrine_player_set_number);
FUNCTION(vitrine_player_observe);
FUNCTION(vitrine_player_statistics);
FUNCTION(vitrine_player_event_fd);
FUNCTION(vitrine_player_next_event);
FUNCTION(vitrine_player_statistics_json);
FUNCTION(vitrine_frame_take);
FUNCTION(vitrine_frame_describe);
FUNCTION(vitrine_frame_copy_rgba);
FUNCTION(vitrine_frame_presented);
FUNCTION(vitrine_frame_release);
