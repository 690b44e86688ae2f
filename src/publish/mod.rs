//! Results for other services.
