"""Drawing: the person rasterised, its shadow, the picture put together, and the sensor that takes it."""
