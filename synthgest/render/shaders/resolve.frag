// A pixel of the person from its samples.
uniform sampler2D person;
uniform sampler2D depth;

layout(location = 0) out vec4 resolved;  // linear light, premultiplied; a: how much of the pixel the person covers
layout(location = 1) out vec2 aside;     // how far it moves while the shutter is open, pixels; distance, metres (0: no person)

void main() {
    int side = int(picture.z);
    ivec2 first = ivec2(gl_FragCoord.xy) * side;
    vec4 total = vec4(0.0);
    float near = 1.0, speed = 0.0;
    for (int row = 0; row < side; row++)
        for (int column = 0; column < side; column++) {
            ivec2 at = first + ivec2(column, row);
            vec4 found = texelFetch(person, at, 0);
            total += vec4(found.rgb, min(found.a, 1.0));
            speed = max(speed, found.a - 1.0);
            near = min(near, texelFetch(depth, at, 0).r);
        }
    resolved = total / float(side * side);
    float metres = planes.x * planes.y / (planes.y - near * (planes.y - planes.x));
    aside = vec2(picture.w * speed, resolved.a > 0.5 ? metres : 0.0);
}
