// What all passes of one frame share: cameras, light, and the maps between pixels, floor and backdrop.
// Pictures are stored top row first: the camera's matrix turns y over, so that row 0 of a buffer is the top of the picture.
layout(std140) uniform View {
    mat4 camera;          // world, metres -> clip
    mat4 before;          // the same a frame earlier
    mat4 lightmap;        // world -> clip of the light map: slid along the light to the floor, height kept
    mat4 to_floor;        // pixel (x, y, 1) -> place in the light map (u, v, w)
    mat4 to_backdrop;     // pixel (x, y, 1) -> place in the backdrop (u, v, w)
    vec4 eye;             // xyz: lens, metres
    vec4 sun;             // xyz: towards the light; w: reach of a soft shadow's edge in the light map, as part of its side
    vec4 sun_colour;      // rgb: linear; w: bias of the light map's depth
    vec4 sky_colour;
    vec4 ground_colour;
    vec4 shade;           // rgb: what is left of the floor's light in the shadow
    vec4 cells_low;       // xyz: corner of the grid of closeness, metres; w: how far off the surface it is looked up
    vec4 cells_scale;     // xyz: metres -> texture coordinates of that grid
    vec4 picture;         // xy: size in pixels; z: samples a side of a pixel; w: frames that the shutter is open
    vec4 planes;          // xy: near and far plane, metres
};
