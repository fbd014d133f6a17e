// The finished picture: the place, its floor darkened by the shadow, the person over it, blurred along its movement.
uniform sampler2D resolved;  // the person: linear light, premultiplied, and cover
uniform sampler2D aside;     // r: pixels that it moves while the shutter is open
uniform sampler2D fastest;   // largest movement in and around each tile, pixels while the shutter is open
uniform sampler2D shadow;    // r: of the sun, g: of the sky
uniform sampler2D backdrop;  // rgb: sRGB, a: floor

layout(location = 0) out vec4 finished;  // rgb: sRGB; a: how much of the pixel the person covers

const int STEPS = 9;

vec3 developed(vec3 linear) {  // highlights rolled off as in scene.tone, then sRGB (IEC 61966-2-1)
    vec3 rolled = mix(linear, 1.0 - 0.3 * exp((0.7 - linear) / 0.3), step(0.7, linear));
    return mix(12.92 * rolled, 1.055 * pow(max(rolled, 1e-5), vec3(1.0 / 2.4)) - 0.055, step(0.0031308, rolled));
}

// After McGuire et al., "A reconstruction filter for plausible motion blur" (2012), with two cases instead of depths:
// what moves far enough to pass over the pixel covers it, and behind what moves the neighbours show.
vec4 smeared(vec4 here, ivec2 pixel, vec2 way) {
    float length_ = length(way);
    bool moves = texelFetch(aside, pixel, 0).r > 0.5 * length_;
    float jitter = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715)))) - 0.5;
    vec4 total = here;
    for (int number = 0; number < STEPS; number++) {
        float along = (float(number) + 0.5 + 0.7 * jitter) / float(STEPS) - 0.5;
        ivec2 other = clamp(ivec2(floor(gl_FragCoord.xy + along * way)), ivec2(0), ivec2(picture.xy) - 1);
        bool passes = texelFetch(aside, other, 0).r > 2.0 * abs(along) * length_ - 0.5;
        total += moves || passes ? texelFetch(resolved, other, 0) : here;
    }
    return total / float(STEPS + 1);
}

void main() {
    ivec2 pixel = ivec2(gl_FragCoord.xy);
    vec3 at = vec3(gl_FragCoord.xy, 1.0);
    vec3 seen = mat3(to_backdrop) * at;
    vec4 place = STILL == 1 ? texelFetch(backdrop, pixel, 0) : texture(backdrop, seen.xy / seen.z);
    vec3 on_floor = mat3(to_floor) * at;
    vec2 kept = on_floor.z > 0.0 ? texture(shadow, on_floor.xy / on_floor.z).rg : vec2(0.0);
    // In linear light the floor keeps (sun not blocked + sky not blocked) / all; sRGB goes about with the power 1 / 2.2.
    vec3 left = (1.0 - kept.r) * (1.0 - shade.rgb) + (1.0 - 0.8 * kept.g) * shade.rgb;
    place.rgb *= 1.0 - place.a * (1.0 - pow(max(left, 0.02), vec3(1.0 / 2.2)));
    vec4 person = texelFetch(resolved, pixel, 0);
    float cover = person.a;
    if (SMEARED == 1) person = smeared(person, pixel, texture(fastest, gl_FragCoord.xy / picture.xy).xy);
    vec3 light = developed(person.rgb / max(person.a, 1e-4));
    finished = vec4(clamp(mix(place.rgb, light, person.a), 0.0, 1.0), cover);
}
