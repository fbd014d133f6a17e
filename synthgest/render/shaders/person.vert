// Light is worked out at the vertices, which lie a centimetre or two apart: a software rasteriser runs its fragment shader
// on sixteen samples for each of the small triangles, so what is done there costs ten times as much.
layout(location = 0) in vec3 position;
layout(location = 1) in vec3 normal;
layout(location = 2) in vec3 earlier;
layout(location = 3) in vec3 colour;
layout(location = 4) in vec3 accent;
layout(location = 5) in vec2 uv;
layout(location = 6) in vec3 place;
layout(location = 7) in vec3 finish;

uniform sampler3D closeness;
uniform sampler2DShadow heights;

out vec4 base;    // linear light from the colour; a: speed, pixels a frame
out vec3 second;  // the same from the accent
out vec3 glossy;  // linear light mirrored off the surface; a plain surface has it in its colour already
out vec2 thread;
out vec3 rest;

float waves(vec3 p) {  // smooth, in about [-1, 1]
    vec3 q = p + 0.5 * sin(p.yzx * 1.7 + 1.3);
    return (sin(q.x * 1.9 + q.y) + sin(q.y * 2.3 - q.z * 1.1 + 2.0) + sin(q.z * 2.1 + q.x * 0.8 + 4.0)) / 3.0;
}

vec3 folded(vec3 facing, float depth) {  // the normal tilted by folds that stay on the cloth
    vec3 p = place * vec3(46.0, 30.0, 46.0) + 1.2 * sin(place.zxy * 17.0);
    vec3 tilt = vec3(sin(p.x + 1.7 * p.y + 1.2 * sin(p.z)), 0.8 * sin(p.y * 1.9 - 0.6 * p.x + sin(p.z * 1.3)), sin(p.z + 1.4 * p.y + 2.0));
    tilt += 0.5 * sin(2.3 * p.yzx + 1.1 * p.zxy);
    return normalize(facing + depth * (tilt - dot(tilt, facing) * facing));
}

float sunlight(vec3 facing) {  // how much of the sun reaches the point, past other parts of the body
    vec4 there = lightmap * vec4(position + 0.012 * facing, 1.0);
    vec3 at = 0.5 * there.xyz + 0.5;
    float depth = at.z - sun_colour.w, lit = 0.0;
    for (int number = 0; number < 5; number++) {  // percentage-closer filtering, Reeves et al. 1987: a ring of five
        float turn = 1.2566 * float(number) + 0.3;
        lit += texture(heights, vec3(at.xy + 0.8 * sun.w * vec2(cos(turn), sin(turn)), depth));
    }
    return lit / 5.0;
}

void main() {
    gl_Position = camera * vec4(position, 1.0);
    vec4 was = before * vec4(earlier, 1.0);
    base.a = length(0.5 * picture.xy * (gl_Position.xy / gl_Position.w - was.xy / was.w));
    thread = uv;
    rest = place;
    int pattern = int(finish.x + 0.5);
    bool skin = pattern == SKIN;
    float gloss = clamp(finish.y, 0.0, 1.0);
    vec3 view = normalize(eye.xyz - position);
    vec3 outward = normal * (dot(normal, view) < -0.2 ? -1.0 : 1.0);  // cloth and hair seen from within
    vec3 facing = finish.z > 0.01 ? folded(outward, 0.2 * finish.z) : outward;
    vec3 cell = (position + cells_low.w * normal - cells_low.xyz) * cells_scale.xyz;
    float around = clamp((texture(closeness, cell).r - 0.12) / 0.5, 0.0, 1.0);
    float open_ = (1.0 - 0.6 * around) * (dot(normal, outward) > 0.0 ? 1.0 : 0.55);
    // Light that goes under the skin comes out redder, past the edge of the shadow.
    float wrap = skin ? 0.22 : 0.08;
    float towards = dot(facing, sun.xyz);
    float shone = sunlight(outward);
    vec3 direct = vec3(clamp((towards + wrap) / (1.0 + wrap), 0.0, 1.0)) * shone;
    if (skin) direct.r = mix(direct.r, clamp((towards + 0.4) / 1.4, 0.0, 1.0) * shone, 0.35);
    float near_floor = clamp(0.55 + 0.5 * position.y, 0.0, 1.0);
    vec3 ambient = sky_colour.rgb * (0.5 + 0.5 * facing.y) + ground_colour.rgb * (0.5 - 0.5 * facing.y) * near_floor;
    vec3 light = direct * sun_colour.rgb + open_ * ambient;
    vec3 halfway = normalize(view + sun.xyz);
    float sharp = mix(10.0, 160.0, gloss * gloss);
    float spot = pow(clamp(dot(facing, halfway), 0.0, 1.0), sharp) * (0.02 + 0.22 * gloss) * (sharp + 8.0) / 40.0;
    float rim = pow(1.0 - clamp(dot(facing, view), 0.0, 1.0), 5.0);
    vec3 mirrored = reflect(-view, facing);
    vec3 mirror = mix(ground_colour.rgb, sky_colour.rgb, clamp(0.5 + 0.8 * mirrored.y, 0.0, 1.0));
    glossy = spot * clamp(towards * 4.0, 0.0, 1.0) * shone * sun_colour.rgb;
    glossy += ((skin ? 0.055 : 0.03) + 0.5 * rim) * (0.12 + gloss) * open_ * mirror;
    float mottle = skin ? 0.035 * (waves(place * 60.0) + 0.6 * waves(place * 170.0)) : 0.0;
    vec3 albedo = colour;
    // A tone of the Monk scale is how skin looks in a photograph, where it gets about two thirds of the light.
    if (skin) albedo *= 1.75 / (1.0 + 1.3 * max(colour.r, max(colour.g, colour.b)));
    base.rgb = albedo * light * (1.0 + mottle * vec3(0.7, 1.0, 1.0));
    second = accent * light;
    if (pattern == KNIT) base.rgb *= 0.86;
    if (pattern == DENIM) base.rgb = mix(base.rgb, second, clamp(0.16 * waves(place * 28.0) + 0.16, 0.0, 1.0));
    if (pattern == REFLECTIVE) base.rgb += 0.35 * pow(clamp(dot(facing, view), 0.0, 1.0), 2.0) * light;
    if (PATTERN == PLAIN) base.rgb += glossy;
}
