in vec4 base;
in vec3 second;
in vec3 glossy;
in vec2 thread;
in vec3 rest;

layout(location = 0) out vec4 shown;  // linear light; alpha: 1 and the speed in pixels a frame where there is a person

float scatter(vec2 p) {
    vec3 q = fract(vec3(p.xyx) * 0.1031);
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}

float speckle(vec2 p) {  // value noise in [0, 1], one value a unit
    vec2 cell = floor(p), part = p - cell;
    part *= part * (3.0 - 2.0 * part);
    float low = mix(scatter(cell), scatter(cell + vec2(1, 0)), part.x);
    float high = mix(scatter(cell + vec2(0, 1)), scatter(cell + vec2(1, 1)), part.x);
    return mix(low, high, part.y);
}

float freckle(vec3 p) {  // round spots, one in every twelfth cell of a unit
    vec3 cell = floor(p);
    float chance = scatter(cell.xy + 17.0 * cell.z), size = 0.12 + 0.22 * fract(chance * 57.0);
    vec3 middle = 0.5 + 0.25 * (fract(chance * vec3(91.0, 173.0, 311.0)) - 0.5);
    return chance > 0.92 ? clamp((size - length(p - cell - middle)) * 8.0 + 0.5, 0.0, 1.0) : 0.0;
}

float ring(float x, float wide) {  // 1 where x's fraction lies below one half, averaged over the width of a sample
    float soft = max(wide, 1e-4);
    float at = fract(x);
    float edge = clamp((0.25 - abs(at - 0.25)) / soft + 0.5, 0.0, 1.0) + clamp((at - 1.0) / soft + 0.5, 0.0, 1.0);
    return mix(clamp(edge, 0.0, 1.0), 0.5, clamp(soft * 1.5 - 0.5, 0.0, 1.0));
}

float waves(vec3 p) {  // smooth, in about [-1, 1]
    vec3 q = p + 0.5 * sin(p.yzx * 1.7 + 1.3);
    return (sin(q.x * 1.9 + q.y) + sin(q.y * 2.3 - q.z * 1.1 + 2.0) + sin(q.z * 2.1 + q.x * 0.8 + 4.0)) / 3.0;
}

vec3 camouflaged(vec3 first) {
    vec3 p = rest * vec3(22.0, 30.0, 22.0);
    float one = waves(p) + 0.5 * waves(p * 2.7 + 3.0), two = waves(p * 1.1 + 9.0) + 0.5 * waves(p * 2.9 + 5.0);
    vec3 patches = one > 0.15 ? second : first;
    patches = two > 0.45 ? mix(first, second, 0.5) * 0.28 : patches;
    return one < -0.55 ? first * 0.5 : patches;
}

vec3 reflected(vec3 first) {
    if (PATTERN == PLAIN) return first;
    if (PATTERN == CAMOUFLAGE) return camouflaged(first);
    vec2 wide = fwidth(thread);
    float fine = 1.0 - clamp(max(wide.x, wide.y) * 1.4 - 0.4, 0.0, 1.0);  // details smaller than a sample are averaged
    if (PATTERN == STRIPES) return mix(first, second, ring(thread.y, wide.y));
    if (PATTERN == CHECKS) {
        float across = ring(thread.x, wide.x), along = ring(thread.y, wide.y);
        float line = ring(thread.x * 0.5 + 0.2, wide.x) * ring(thread.x * 4.0, wide.x * 4.0);
        return mix(first, second, 0.5 * (across + along)) * (1.0 + 0.25 * line);
    }
    if (PATTERN == DOTS) {
        vec2 off = fract(thread + vec2(0.5 * mod(floor(thread.y), 2.0), 0.0)) - 0.5;
        float spot = clamp((0.24 - length(off)) / max(wide.y, 1e-4) + 0.5, 0.0, 1.0);
        return mix(first, second, mix(0.18, spot, fine));
    }
    if (PATTERN == DENIM) {
        float twill = speckle(vec2(thread.x * 3.0 + thread.y * 3.0, (thread.x - thread.y) * 0.4));
        return first + 0.25 * (twill - 0.5) * fine * (second - first);
    }
    if (PATTERN == KNIT) return first * (1.14 - 0.22 * fine * abs(sin(3.14159 * thread.x)));
    if (PATTERN == STRANDS) {
        return mix(first, second, clamp(0.75 * speckle(vec2(thread.x * 0.8, thread.y * 0.28)) - 0.1, 0.0, 1.0));
    }
    return mix(first, second, freckle(rest * 260.0));
}

void main() {
    vec3 light = reflected(base.rgb);
    if (PATTERN != PLAIN) light += glossy;
    shown = vec4(light, 1.0 + base.a);
}
